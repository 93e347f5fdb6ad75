package lab

import (
	"fmt"
	"os"
	"testing"

	"github.com/locklab/locklab/lab/internal/doctor"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/trial"
)

// condition evaluates [live] in scripts: can live trials run on this machine? With
// LOCKLAB_REQUIRE_LIVE set the answer is always yes, so that nothing is skipped.
func condition(name string) (bool, error) {
	if name != "live" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	if os.Getenv("LOCKLAB_REQUIRE_LIVE") != "" {
		return true, nil
	}
	for _, b := range services.Registry() {
		if trial.LiveMissing(b) != nil {
			return false, nil
		}
	}
	return doctor.Namespaces() == nil, nil
}

// needLive skips a test where the live world cannot run. If that is impossible to tell, the test
// fails.
func needLive(t *testing.T) {
	t.Helper()
	ok, err := condition("live")
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Skip("the live world cannot run here: locklab doctor says why")
	}
}
