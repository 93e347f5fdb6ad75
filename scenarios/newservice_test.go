package scenarios

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// TestANewServiceEntersTheScriptsWhoseSetsItFits checks that a new service enters those scripts and
// no others.
func TestANewServiceEntersTheScriptsWhoseSetsItFits(t *testing.T) {
	known := script.Everything()
	known.Registry = append(slices.Clone(known.Registry), scripttest.Service{ID: "new", Tokens: true, Hosts: []sim.HostID{"new-1"}, Unseen: backends.NodeKinds()})
	has := func(name string) bool {
		s, err := Find(name, known)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(s.Backends, "new")
	}
	for _, name := range []string{"no-fault", "gc-pause", "client-crash", "delayed-write", "equal-token"} {
		if !has(name) {
			t.Errorf("%s leaves it out", name)
		}
	}
	for _, name := range []string{"leader-pause", "renewals", "majority-down", "split-brain"} {
		if has(name) {
			t.Errorf("%s has it", name)
		}
	}
}
