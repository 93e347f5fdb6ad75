package lab

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// scriptsWith lists the scripts that run a lock service without being asked to.
func scriptsWith(t *testing.T, list, backend string) (names []string) {
	t.Helper()
	var known struct {
		Scenarios []struct {
			Name     string
			Backends []string
		}
	}
	if err := json.Unmarshal([]byte(list), &known); err != nil {
		t.Fatal(err)
	}
	for _, s := range known.Scenarios {
		if slices.Contains(s.Backends, backend) {
			names = append(names, s.Name)
		}
	}
	return names
}

// TestALockServiceFromOutsideTheTreeHasAllOfLocklab checks that a third-party module can pass its
// own lock service to lab.Main in a few lines and get all scripts, faults, judges and pictures.
// What the service says about itself puts it into the sets that scripts name, and what they expect
// of those sets comes out.
func TestALockServiceFromOutsideTheTreeHasAllOfLocklab(t *testing.T) {
	x := exampleOf(t, "mylock")
	table := x.run(0, "./mylock", "run", "gc-pause", "delayed-write", "packet-loss", "--backend", "mylock", "--guard", "none,fence-all", "--seeds", "2")
	for _, row := range []string{"mylock   none", "mylock   fence-all", "An update is lost"} {
		if !strings.Contains(table, row) {
			t.Errorf("the table has no %q:\n%s", row, table)
		}
	}
	fitting := scriptsWith(t, x.run(0, "./mylock", "list", "--format", "json"), "mylock")
	if len(fitting) != 27 {
		t.Errorf("it is in the sets of %d scripts, want 27: %v", len(fitting), fitting)
	}
	const cells = "74 cells, 74 trials in the virtual world: 64 as expected; nothing was expected of 10."
	if all := x.run(0, "./mylock", slices.Concat([]string{"run", "--backend", "mylock", "--seeds", "1"}, fitting)...); !strings.Contains(all, cells) {
		t.Errorf("of the scripts whose sets it fits, want %q, got:\n%s", cells, all)
	}
	drawn, err := filepath.Glob(filepath.Join(x.dir, "out/latest/charts/*mylock*.svg"))
	if err != nil || len(drawn) == 0 {
		t.Errorf("nothing was drawn of it (%v)", err)
	}
}
