// Command locklab runs scripted scenarios against distributed locks, in virtual time or
// on real servers, judges what happened and draws it.
package main

import (
	"os"
	"runtime/debug"
)

// ample is how much memory, in bytes, garbage may take as well.
const ample = 1 << 30

func main() {
	if os.Getenv("GOGC") == "" {
		// Trials are short and leave much garbage and little else: collecting it less often
		// makes a run of the suite a fifth faster for some tens of megabytes.
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(ample) // from there on it is collected as often as it takes
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
