package scenarios

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim/check"
)

func allOf(t *testing.T) []*script.Scenario {
	t.Helper()
	all, err := Builtin(script.Everything())
	scripttest.Must(t, err)
	return all
}

// cellWith returns the cell of attentive clients with this backend and guard.
func cellWith(t *testing.T, backend, guard string) script.Cell {
	t.Helper()
	spec, err := services.Registry().ParseSpec(backend)
	scripttest.Must(t, err)
	return script.Cell{Backend: spec, Guard: guard, Discipline: script.Discipline{Kind: workload.Attentive}}
}

func TestEveryEmbeddedScriptIsListedUnderItsOwnName(t *testing.T) {
	files, err := fs.Glob(scripts, "*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var loaded []string
	for _, s := range allOf(t) {
		loaded = append(loaded, Path(s.Name))
	}
	slices.Sort(loaded)
	if !slices.Equal(loaded, files) {
		t.Errorf("loaded %q, embedded %q", loaded, files)
	}
}

// TestOnlyTheAccountSavesTheMoney states the result of the debate in one table: what is
// expected of lost-update, script by script.
func TestOnlyTheAccountSavesTheMoney(t *testing.T) {
	cases := []struct {
		scenario, backend, guard string
		want                     check.Verdict
	}{
		{"heedless-pause", "perfect", "none", check.Holds}, // for attentive clients
		{"no-fault", "none", "none", check.Violated},
		{"no-fault", "none", "cas", check.Holds},
		{"no-fault", "redis", "none", check.Holds},
		{"gc-pause", "redis", "none", check.Violated},
		{"gc-pause", "redis+elapsed-check", "none", check.Violated},
		{"gc-pause", "redis+renew", "none", check.Violated},
		{"gc-pause", "perfect", "none", check.Violated},
		{"gc-pause", "perfect", "fence-writes", check.Holds},
		{"gc-pause", "redis", "fence-all", check.Holds},
		{"gc-pause", "none", "cas", check.Holds},
		{"gc-pause", "redis+elapsed-check", "cas", check.Holds},
		{"pause-during-acquire", "redis", "none", check.Violated},
		{"pause-during-acquire", "redis", "fence-writes", check.Holds},
		{"pause-during-acquire", "redis+elapsed-check", "none", check.Holds},
		{"pause-during-acquire", "perfect", "none", check.Holds},
	}
	for _, c := range cases {
		s, err := Find(c.scenario, script.Everything())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.Expected(cellWith(t, c.backend, c.guard)) {
			if e.Property == check.LostUpdate && e.Verdict != c.want {
				t.Errorf("%s with %s, guard %s expects lost-update %s, want %s", c.scenario, c.backend, c.guard, e.Verdict, c.want)
			}
		}
	}
}

// TestOnlyAnIdSavesTheCustomer states what is expected of duplicate-effect if the holder stops
// before the charge, and if it stops after it.
func TestOnlyAnIdSavesTheCustomer(t *testing.T) {
	for _, c := range []struct {
		guard                  string
		beforeCharge, unmarked check.Verdict
	}{
		{"none", check.Violated, check.Violated},
		{"fence-writes", check.Holds, check.Violated},
		{"fence-all", check.Holds, check.Violated},
		{"cas", check.Holds, check.Violated},
		{"unique", check.Holds, check.Holds},
	} {
		for name, want := range map[string]check.Verdict{"charge-once": c.beforeCharge, "charge-unmarked": c.unmarked} {
			s, err := Find(name, script.Everything())
			if err != nil {
				t.Fatal(err)
			}
			expected := s.Expected(cellWith(t, "perfect", c.guard))
			i := slices.IndexFunc(expected, func(e script.Expected) bool { return e.Property == check.DuplicateEffect })
			if i < 0 || expected[i].Verdict != want {
				t.Errorf("%s with guard %s expects %v, want duplicate-effect %s", name, c.guard, expected, want)
			}
		}
	}
}

func TestUnknownScenarioIsExplained(t *testing.T) {
	_, err := Find("gc-pase", script.Everything())
	if err == nil || !strings.Contains(err.Error(), "did you mean gc-pause?") {
		t.Errorf("got %v, want a hint at gc-pause", err)
	}
}
