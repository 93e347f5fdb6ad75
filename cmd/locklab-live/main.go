// Command locklab-live is locklab with all that the live world takes. Nobody has to call it: locklab
// finds it, or builds it, when it is asked for the live world.
package main

import (
	"github.com/locklab/locklab/lab"
	_ "github.com/locklab/locklab/scenarios/services/live"
)

func main() { lab.Main() }
