package claims

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
)

func checkPlace(t *testing.T, err error, src []byte) {
	t.Helper()
	var bad *strict.Error
	if !errors.As(err, &bad) {
		t.Fatalf("got %T %v, want a *strict.Error", err, err)
	}
	lines := strings.Split(strings.TrimPrefix(string(src), "\ufeff"), "\n")
	if bad.Line < 1 || bad.Line > len(lines) {
		t.Fatalf("line %d of %d", bad.Line, len(lines))
	}
	if bad.Column < 1 || bad.Column > utf8.RuneCountInString(bad.Text)+1 {
		t.Errorf("column %d of %q", bad.Column, bad.Text)
	}
	if bad.Found == "" || bad.Expected == "" {
		t.Errorf("the error does not say what was found and expected: %v", err)
	}
	if strings.Contains(bad.Found, "gave up") {
		t.Logf("the YAML parser panics on %q", src)
	}
	_ = err.Error()
}

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
			checkPlace(t, err, src)
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
