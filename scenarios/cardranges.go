package scenarios

import "github.com/locklab/locklab/sim/check"

// CardRange is what a scenario expects a measure of one cell to lie in, both ends included, in
// the measure's unit: lengths of time in seconds.
type CardRange struct {
	Measure check.Measure `json:"measure"`
	From    float64       `json:"from"`
	To      float64       `json:"to"`
}

// ranges lists what the scenario expects of the measures of the trial's cell.
func (t Trial) ranges() (out []CardRange) {
	for _, r := range t.Scenario.Bounds(t.cell()) {
		out = append(out, CardRange{r.Measure, r.From.In(t.TTL, r.Measure), r.To.In(t.TTL, r.Measure)})
	}
	return out
}
