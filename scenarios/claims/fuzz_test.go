package claims

import (
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

// FuzzLoadClaims checks that any file yields either claims whose trials can be run or an error that
// points into the file.
func FuzzLoadClaims(f *testing.F) {
	known := script.Everything()
	all, err := scenarios.Builtin(known)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(scenarios.ClaimsFile())
	for _, rest := range []string{speaksFor, speaksAgainst, "        cannot: nobody can tell\n", "        not-yet: &a [*a]\n"} {
		f.Add([]byte(oneClaim(rest)))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		sources, err := Load("fuzz.yaml", src, known, all)
		if err != nil {
			scripttest.CheckPlace(t, err, src)
			return
		}
		if _, err := Trials(sources, trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}); err != nil {
			t.Errorf("claims that load have no trials: %v", err)
		}
		if got := Judge(sources, Run{World: sim.VirtualWorld}); len(got) == 0 && len(sources) > 0 {
			t.Error("nothing is said of them")
		}
	})
}
