package trial

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Judged is a trial that has been run and judged.
type Judged struct {
	Trial   Trial
	Result  outcome.Result
	History *sim.History
	Index   int // among the trials that RunAll was given
}

// Recorded returns the history with the messages between hosts. A virtual trial is run again to
// record them, because only few trials need them. The rerun cannot be interrupted, as the trial
// counts.
func (j Judged) Recorded() (*sim.History, error) {
	if j.Trial.World != sim.VirtualWorld || j.History.Messages != nil {
		return j.History, nil
	}
	return j.Trial.SimulateRecorded(context.Background())
}

// service identifies the lock service of a live trial; empty in the virtual world.
func (t Trial) service() string {
	if t.World != sim.LiveWorld {
		return ""
	}
	return fmt.Sprint(t.Backend.Backend.Name(), t.TTL, t.Scenario.Lock, t.Backend)
}

// Available separates the trials that make sense and can run on this machine from the rest.
func Available(trials []Trial) (can, cannot []Trial) {
	var why error
	for i, t := range trials {
		if i == 0 || !t.sameCell(&trials[i-1]) {
			why = t.missing()
		}
		if why == nil {
			can = append(can, t)
		} else {
			cannot = append(cannot, t)
		}
	}
	return can, cannot
}

// missing says why the trial makes no sense or cannot run on this machine; nil: it can.
func (t Trial) missing() error { return cmp.Or(t.NotApplicable(), t.Unavailable()) }

// sameCell reports whether the trials differ in their seeds at most.
func (t *Trial) sameCell(o *Trial) bool {
	return t.Scenario == o.Scenario && t.Guard == o.Guard && t.Discipline == o.Discipline && t.World == o.World && t.TTL == o.TTL &&
		t.Backend.Backend == o.Backend.Backend && t.Backend.String() == o.Backend.String()
}

// NotApplicable reports why the script makes no sense with this cell, in any world and on any
// machine; nil means that it does. The answer is known before anything runs.
func (t Trial) NotApplicable() error {
	return t.Scenario.NotApplicable(t.cell(), t.TTL)
}

// Nothing returns the error of a run that has no trial left. It lists each reason once.
func Nothing(missing []Trial) error {
	var reasons []string
	word := outcome.NotApplicable
	for _, t := range missing {
		why := t.NotApplicable()
		if why == nil {
			word, why = outcome.NotAvailable, t.Unavailable()
		}
		if text := why.Error(); !slices.Contains(reasons, text) {
			reasons = append(reasons, text)
		}
	}
	return fmt.Errorf("nothing to run, %s: %s", word, strings.Join(reasons, "; "))
}
