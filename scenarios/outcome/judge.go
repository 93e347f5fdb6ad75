package outcome

import (
	"fmt"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// Judge runs every checker on the history of the trial and compares the findings with what is
// expected of the trial's cell. It keeps the values of the measures in together, whatever is expected
// of them.
func (r *Result) Judge(h *sim.History, expected []script.Expected, bounds []script.ExpectedRange, together []check.Measure) {
	t := trace.Read(h)
	r.Findings, r.Measures, r.Fingerprint, r.Slack = check.All(t), check.MeasureAll(t), h.Fingerprint(), check.Slack(t)
	for _, p := range check.Preconditions() {
		if f := r.Finding(p); f.Verdict != check.Holds {
			r.Outcome = Undecided
			r.Surprises = append(r.Surprises, fmt.Sprintf("%s: %s", p, f.Why))
		}
	}
	if r.Outcome == Undecided {
		return // the other findings mean nothing then
	}
	for _, want := range bounds {
		if want.Of != bound.EveryValue {
			r.keepValues(t, want.Measure)
		}
	}
	for _, m := range together {
		r.keepValues(t, m)
	}
	if len(expected)+len(bounds) == 0 {
		r.Outcome = NothingExpected
	}
	for _, want := range expected {
		got := r.Finding(want.Property)
		if got.Verdict == want.Verdict || want.Sometimes && got.Verdict != check.Undecided {
			continue
		}
		r.Surprises = append(r.Surprises, fmt.Sprintf("%s: expected %s, because %s; found %s: %s",
			want.Property, want.Verdict, want.Because, got.Verdict, got.Why))
		if got.Verdict == check.Undecided || got.Brief {
			r.Outcome = max(r.Outcome, Undecided)
		} else {
			r.Outcome = NotAsExpected
		}
	}
	for _, want := range bounds {
		if want.Of == bound.EveryValue {
			r.compare(want)
		}
	}
}

// compare compares a measured value with the expected range.
func (r *Result) compare(want script.ExpectedRange) {
	got, measured := r.Measured(want.Measure)
	switch {
	case !want.Measure.In(r.World):
	case !measured:
		r.Surprises = append(r.Surprises, fmt.Sprintf("expected %s, because %s; nothing was measured", want.Range, want.Because))
		r.Outcome = max(r.Outcome, Undecided)
	case !want.Contains(got, r.TTL):
		r.Surprises = append(r.Surprises, fmt.Sprintf("expected %s, because %s; measured %s", want.Range, want.Because, want.ShowMiss(got, r.TTL)))
		r.Outcome = NotAsExpected
	}
}
