// Command locklab runs scripted scenarios against distributed locks, in virtual time or
// on real servers, judges what happened and draws it.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
