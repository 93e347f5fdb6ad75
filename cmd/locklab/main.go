// Command locklab runs scripted scenarios against distributed locks, in virtual time or
// on real servers, judges what happened and draws it.
package main

import "github.com/locklab/locklab/lab"

func main() { lab.Main() }
