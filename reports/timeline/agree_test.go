package timeline

import (
	"fmt"
	"slices"
	"testing"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// A picture's flags and the checkers' findings are computed separately. These tests compare them in
// every cell of the suite.

// TestAWithdrawalIsFlaggedAsGoneAtTheEndExactlyIfItIsLost compares the flags "its withdrawal
// is gone" that last to the end with the balance that would be right.
func TestAWithdrawalIsFlaggedAsGoneAtTheEndExactlyIfItIsLost(t *testing.T) {
	eachCell(t, func(name string, h *sim.History, findings []check.Finding, _ *scene) {
		all := trace.Balances(h)
		if len(all) == 0 || slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Job != "" }) {
			return
		}
		told := map[string]bool{}
		for _, e := range h.Events {
			if e.Kind == sim.Wrote {
				told[e.Op] = true
			}
		}
		gone := map[string]bool{}
		for _, p := range beliefs.Of(h).Parties {
			for _, b := range p.Account {
				if b.State == beliefs.Counts && told[b.Op] {
					gone[b.Op] = b.Wrong // a later piece of the same belief says how it ended
				}
			}
		}
		flagged := 0
		for _, wrong := range gone {
			if wrong {
				flagged++
			}
		}
		last := all[len(all)-1]
		lost := int(last.Is-last.Right) / 10
		// A client goes on to its next withdrawal, and what it knew of the previous one is no
		// longer in the picture: there may be fewer flags than losses, but never more.
		if flagged > lost || lost > 0 && !violated(findings, check.LostUpdate) {
			t.Errorf("%s: %d withdrawals are flagged as gone, %d are lost", name, flagged, lost)
		}
	})
}

// TestWhoWritesWithoutARightIsFlaggedAsWrong looks at the first stale write of each trial.
func TestWhoWritesWithoutARightIsFlaggedAsWrong(t *testing.T) {
	stale := 0
	eachCell(t, func(name string, h *sim.History, findings []check.Finding, _ *scene) {
		for _, f := range findings {
			if f.Property != check.StaleWrite || f.Verdict != check.Violated {
				continue
			}
			stale++
			write := h.Events[slices.Max(f.Evidence)-1]
			for _, o := range beliefs.Of(h).At(write.Seq) {
				if o.Party != string(write.Client) || o.Lock == nil {
					continue
				}
				if holds := o.Lock.State == beliefs.Holds || o.Lock.State == beliefs.Overdue; holds && !o.Lock.Wrong {
					t.Errorf("%s: at event %d %s %q, and is not flagged as wrong; but %s", name, write.Seq, o.Party, o.Lock.Says, f.Why)
				}
			}
		}
	})
	if stale < 50 {
		t.Errorf("only %d stale writes: there is little to look at", stale)
	}
}

// TestARefusalFitsWhatTheGuardIsSaidToGoBy reads the tokens in the reasons of refusals.
func TestARefusalFitsWhatTheGuardIsSaidToGoBy(t *testing.T) {
	refusals := 0
	eachCell(t, func(name string, h *sim.History, _ []check.Finding, _ *scene) {
		memory := beliefs.Remembered(h)
		for _, e := range h.Events {
			var shown, highest uint64
			if e.Kind != sim.LedgerWriteRefused && e.Kind != sim.LedgerReadRefused {
				continue
			}
			if n, _ := fmt.Sscanf(e.Note, "token %d is lower than %d,", &shown, &highest); n != 2 {
				continue
			}
			refusals++
			known := uint64(0)
			for _, m := range memory {
				if m.Seq < e.Seq {
					known = m.Token
				}
			}
			if known != highest {
				t.Errorf("%s: event %d is refused as %q, but the picture says that the highest token is %d", name, e.Seq, e.Note, known)
			}
		}
	})
	if refusals < 50 {
		t.Errorf("only %d refusals: there is little to look at", refusals)
	}
}
