package margin

import (
	"math"
	"slices"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// How far beside a margin live trials are, and how long a fault may last in one. Real time is not exact,
// and nobody waits for a fault of a hundred leases.
const (
	liveApart = perLease / 8 // in steps
	liveRungs = 1.0 / 8      // of the range, of faults that are not counted in leases
	liveMost  = 12           // leases
)

// LiveCheck is what a live trial beside a margin is to show, and what it showed.
type LiveCheck struct {
	Harm    Harm          `json:"harm"`
	Size    float64       `json:"size"`
	Expect  bool          `json:"expect"`          // the harm is done at this size
	Verdict check.Verdict `json:"verdict"`         // of the live trial
	Why     string        `json:"why,omitempty"`   // why there was no trial
	Trial   string        `json:"trial,omitempty"` // the file with its history
}

// Outcome says whether the live trial confirms the margin.
func (c LiveCheck) Outcome() outcome.Outcome {
	if c.Why != "" {
		return outcome.NotAvailable
	}
	if c.Verdict == check.Undecided {
		return outcome.Undecided
	}
	if (c.Verdict == check.Violated) == c.Expect {
		return outcome.AsExpected
	}
	return outcome.NotAsExpected
}

// LiveTrial is a trial in the live world beside some margins of a row.
type LiveTrial struct {
	Trial  trial.Trial
	setup  Setup
	row    *Row
	checks []LiveCheck
}

// LiveTrials lists a live trial for each size just below and just above the margins of datasheets.
// Rows that a trial cannot be run for say why.
func (p Plan) LiveTrials(sheets []Sheet) (out []*LiveTrial, err error) {
	for i := range sheets {
		for n := range sheets[i].Rows {
			row := &sheets[i].Rows[n]
			at := slices.IndexFunc(p.Faults, func(f *script.Scenario) bool { return f.Name == row.Fault })
			if row.Size == "" {
				continue
			}
			more, err := liveTrials(sheets[i].Setup, p.Faults[at], row)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	return out, nil
}

// liveTrials lists the live trials of one row.
func liveTrials(s Setup, fault *script.Scenario, row *Row) (out []*LiveTrial, err error) {
	s.Seeds.Last = s.Seeds.First
	for _, c := range beside(s, *row) {
		at := slices.IndexFunc(out, func(t *LiveTrial) bool { return t.checks[0].Size == c.Size })
		if at >= 0 {
			out[at].checks = append(out[at].checks, c)
			continue
		}
		sized, err := fitted(fault, c.Size, s)
		if err != nil {
			return nil, err
		}
		list, err := trials(sized, s, sim.LiveWorld)
		if err != nil {
			return nil, err
		}
		if why := list[0].NotApplicable(); why != nil {
			c.Why = why.Error()
		} else if why := list[0].Unavailable(); why != nil {
			c.Why = why.Error()
		}
		if c.Why != "" {
			row.Live = append(row.Live, c)
			continue
		}
		out = append(out, &LiveTrial{Trial: list[0], setup: s, row: row, checks: []LiveCheck{c}})
	}
	return out, nil
}

// beside lists what live trials have to show: below a margin that no harm is done, and above it, where
// every virtual trial shows the harm, that it is. Where chance decides between two sizes that were derived,
// they are outside of both: ten virtual seeds need not have met all of it.
func beside(s Setup, r Row) (out []LiveCheck) {
	for _, m := range r.Margins {
		if !m.Violated() {
			continue
		}
		apart := liveApart * r.Step
		if _, timed := Leases(r.Unit, 0, s.TTL); !timed {
			apart = max(r.Step, math.Round(m.Bound*liveRungs/r.Step)*r.Step)
		}
		add := func(size float64, harm bool) {
			if leases, _ := Leases(r.Unit, size, s.TTL); size > 0 && size <= m.Bound && leases <= liveMost {
				out = append(out, LiveCheck{Harm: m.Harm, Size: size, Expect: harm, Verdict: check.Undecided})
			}
		}
		least, most := math.Inf(1), 0.0
		if d := m.Derived; d != nil && !d.Never && m.Agreement == Agrees {
			least, most = d.Least, d.Most
		}
		if m.Without != nil {
			add(onStep(min(*m.Without, least), r.Step)-apart, false)
		}
		if m.Always != nil {
			add(onStep(max(*m.Always, most), r.Step)+apart, true)
		}
	}
	return out
}

// onStep rounds a size to a step, as sizes that are tried are.
func onStep(size, step float64) float64 { return amount.Round(math.Round(size/step) * step) }

// Confirm enters what a live trial showed. file is that of its history.
func (t *LiveTrial) Confirm(j trial.Judged, file string) {
	found := judged(j, t.setup)
	for _, c := range t.checks {
		c.Verdict, c.Trial = found[c.Harm.index()], file
		t.row.Live = append(t.row.Live, c)
	}
}
