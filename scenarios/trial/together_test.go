package trial

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// TestAScriptBoundsWhatItsTrialsComeTo goes from one end to the other: the script, its trials, what
// they are expected to come to, and what they came to.
func TestAScriptBoundsWhatItsTrialsComeTo(t *testing.T) {
	for _, c := range []struct {
		row  string
		want outcome.Outcome
	}{
		{"measures: {wait: {mean: [0s, 1ttl], p95: [0s, 2ttl]}}", outcome.AsExpected},
		{"measures: {wait: {mean: [1ttl, 2ttl]}}", outcome.NotAsExpected},
		{"measures: {wait: {p99: [0s, 2ttl]}}", outcome.Undecided}, // 40 values are too few for that
	} {
		s := loadScript(t, strings.NewReplacer("[{lost-update: holds, because: there is one client}]", "[{"+c.row+", because: none}]",
			"clients: 1", "clients: 2", "until", "backends: [redis]\nguards: [none]\nuntil").Replace(scripttest.Least))
		trials, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 20}}.Trials([]*script.Scenario{s})
		scripttest.Must(t, err)
		var judged []Judged
		for _, trial := range trials {
			judged = append(judged, Judged{Trial: trial, Result: trial.Judge(simulated(t, trial))})
		}
		cell := Summarize(judged)[0]
		if cell.Outcome != c.want || cell.Figures[0].Count != 40 {
			t.Errorf("%s: %s, %+v", c.row, cell.Outcome, cell.Figures)
		}
	}
}
