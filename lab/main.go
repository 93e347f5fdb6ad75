// Package lab is the command locklab, for programs that put a lock of their own into it:
//
//	func main() { lab.Main(mylock.Backend{}) }
//
// is locklab with one more lock service: all its commands, scenarios, judges and pictures take it.
// See examples/mylock, and backends for what a lock service is.
package lab

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios"
)

// ample is how much memory, in bytes, garbage may take as well.
const ample = 1 << 30

// Main runs the command line, as locklab does, with these lock services besides its own, and ends
// the program. Names that exist already are refused with an error and exit status 3.
func Main(services ...backends.Backend) {
	if os.Getenv("GOGC") == "" {
		// Trials are short and leave much garbage and little else: collecting it less often
		// makes a run of the suite a fifth faster for some tens of megabytes.
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(ample) // from there on it is collected as often as it takes
	}
	if err := scenarios.Register(services...); err != nil {
		fmt.Fprintln(os.Stderr, "locklab:", err)
		os.Exit(statusBadInput)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
