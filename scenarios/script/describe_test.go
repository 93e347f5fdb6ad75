package script

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/sim"
)

func TestDescriptions(t *testing.T) {
	for _, s := range append(builtinScripts(t), load(t, whole), load(t, least), load(t, faults)) {
		t.Run(s.Name, func(t *testing.T) {
			var b strings.Builder
			if err := Describe(&b, s); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if len([]rune(line)) > pageWidth {
					t.Errorf("a line is wider than the page: %q", line)
				}
				if line != strings.TrimRight(line, " ") {
					t.Errorf("a line ends in blanks: %q", line)
				}
			}
			scripttest.Golden(t, "testdata/describe-"+s.Name+".txt", b.String())
		})
	}
}

func TestEveryEventHasWords(t *testing.T) {
	var seen []string
	for _, k := range append(sim.ClientKinds(), sim.ServerKinds()...) {
		text, known := happened[k]
		if !known {
			t.Errorf("there are no words for the event %s", k)
		}
		if k != sim.LedgerReadRefused && k != sim.LedgerWriteRefused {
			seen = append(seen, text)
		}
	}
	slices.Sort(seen)
	if n := len(slices.Compact(slices.Clone(seen))); n < len(seen)-2 {
		t.Errorf("%d kinds of event have only %d descriptions", len(seen), n)
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{1: "first", 3: "third", 4: "4th", 11: "11th", 12: "12th", 21: "21st", 22: "22nd", 103: "103rd", 113: "113th"} {
		if got := ordinal(n); got != want {
			t.Errorf("ordinal(%d) is %s, want %s", n, got, want)
		}
	}
}
