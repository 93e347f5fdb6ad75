// Package lab is the command locklab, for programs that add a lock of their own to it:
//
//	func main() { lab.Main(mylock.Backend{}) }
//
// is locklab with one more lock service: all its commands, scenarios, judges and pictures work with
// it. See examples/mylock, and package backends for what a lock service is.
package lab

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/services"
)

// ample is the memory limit in bytes up to which garbage may accumulate.
const ample = 1 << 30

// Main runs the command line, as locklab does, with these lock services in addition to its own, and
// ends the program. Names that are already taken are refused with an error and exit status 3.
func Main(more ...backends.Backend) {
	if os.Getenv("GOGC") == "" {
		// Trials are short and leave much garbage but little else. Collecting it less often makes a
		// run of the suite a fifth faster and costs some tens of megabytes.
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(ample) // beyond that, it is collected as often as it takes
	}
	if err := services.Register(more...); err != nil {
		fmt.Fprintln(os.Stderr, "locklab:", err)
		os.Exit(statusBadInput)
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
