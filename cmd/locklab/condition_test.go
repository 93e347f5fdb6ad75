package main

import (
	"fmt"
	"os"

	"github.com/locklab/locklab/scenarios"
)

// condition answers [live] in scripts: can live trials run on this machine? Where
// LOCKLAB_REQUIRE_LIVE is set, the answer is always yes, so that nothing is skipped.
func condition(name string) (bool, error) {
	if name != "live" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	if os.Getenv("LOCKLAB_REQUIRE_LIVE") != "" {
		return true, nil
	}
	for _, b := range scenarios.Registry() {
		if scenarios.LiveMissing(b) != nil {
			return false, nil
		}
	}
	for _, f := range liveFindings() {
		if f.what == "namespaces" && f.err != nil {
			return false, nil
		}
	}
	return true, nil
}
