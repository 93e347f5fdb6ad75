package lab

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/locklab/locklab/scenarios/margin"
	"github.com/locklab/locklab/scenarios/outcome"
)

// TestMarginsAreConfirmedInTheLiveWorld checks that real servers and clients are run just below and just
// above a margin, and that they agree with it.
func TestMarginsAreConfirmedInTheLiveWorld(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	out := openDir(t)
	said, err := exec.Command(buildCommand(t), "datasheet", "perfect", "--fault", "battery-holder-paused", "--world", "both", "--seeds", "5", "--out", out).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	text, err := os.ReadFile(filepath.Join(out, "latest", "margins.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var row struct{ Row margin.Row }
	if err := json.Unmarshal(text, &row); err != nil {
		t.Fatal(err)
	}
	below, above := false, false
	for _, c := range row.Row.Live {
		if c.Outcome() != outcome.AsExpected {
			t.Errorf("%s at %v: %s", c.Harm, c.Size, c.Outcome())
		}
		below, above = below || !c.Expect, above || c.Expect
		if _, err := os.Stat(filepath.Join(out, "latest", c.Trial)); err != nil {
			t.Error(err)
		}
	}
	if !below || !above {
		t.Errorf("live trials below: %t, above: %t\n%s", below, above, said)
	}
}
