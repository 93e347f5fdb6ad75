package scenarios

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/locklab/locklab/sim"
)

func checkPlace(t *testing.T, err error, src []byte) {
	t.Helper()
	var bad *LoadError
	if !errors.As(err, &bad) {
		t.Fatalf("got %T %v, want a *LoadError", err, err)
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
	known := Everything()
	all, err := Builtin(known)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ClaimsFile())
	for _, rest := range []string{speaksFor, speaksAgainst, "        cannot: nobody can tell\n", "        not-yet: &a [*a]\n"} {
		f.Add([]byte(oneClaim(rest)))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		sources, err := LoadClaims("fuzz.yaml", src, known, all)
		if err != nil {
			checkPlace(t, err, src)
			return
		}
		if _, err := ClaimTrials(sources, Selection{World: sim.VirtualWorld, Seeds: Seeds{First: 1, Last: 1}}); err != nil {
			t.Errorf("claims that load have no trials: %v", err)
		}
		if got := JudgeClaims(sources, ClaimTrialsRun{World: sim.VirtualWorld}); len(got) == 0 && len(sources) > 0 {
			t.Error("nothing is said of them")
		}
	})
}
