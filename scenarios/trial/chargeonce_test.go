package trial

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// what lists the kinds of events that a host recorded, in order and without faults.
func what(h *sim.History, host sim.HostID) (kinds []sim.Kind) {
	for _, e := range h.Events {
		if e.Host == host && e.Fault == 0 {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func simulated(t *testing.T, trial Trial) *sim.History {
	t.Helper()
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestOnAGoodDayTheSecondWorkerFindsTheJobDone(t *testing.T) {
	trial := one(t, "charge-once", "perfect", "none")
	calm := *trial.Scenario
	calm.Steps = nil
	trial.Scenario = &calm
	h := simulated(t, trial)
	first := []sim.Kind{
		sim.Acquire, sim.AcquireSent, sim.Acquired, sim.Read, sim.Check, sim.Write, sim.WriteSent, sim.Wrote, sim.Marked,
		sim.Release, sim.Released, sim.Done,
	}
	if got := what(h, "client-1"); !slices.Equal(got, first) {
		t.Errorf("client 1 did %v, want %v", got, first)
	}
	second := what(h, "client-2")
	if !slices.Contains(second, sim.Skipped) || slices.Contains(second, sim.Write) {
		t.Errorf("client 2 did %v, want it to skip the job", second)
	}
	account := []sim.Kind{sim.LedgerOpened, sim.LedgerRead, sim.LedgerWrite, sim.LedgerMarked, sim.LedgerRead}
	if got := what(h, "ledger"); !slices.Equal(got, account) {
		t.Errorf("the account did %v, want %v", got, account)
	}
}

func TestAnAttentiveWorkerGivesTheJobUpAfterAPause(t *testing.T) {
	trial := one(t, "charge-once", "perfect", "none")
	earlier := *trial.Scenario
	earlier.Steps = slices.Clone(earlier.Steps)
	earlier.Steps[0].On = &script.On{Host: sim.ClientID(0), Event: sim.Read, Nth: 1} // rather than after its look
	trial.Scenario = &earlier
	h := simulated(t, trial)
	if got := what(h, "client-1"); !slices.Contains(got, sim.Abandon) || slices.Contains(got, sim.Write) {
		t.Errorf("client 1 did %v, want it to give up after its pause", got)
	}
	trial.Discipline = script.Discipline{Kind: workload.Heedless}
	if got := what(simulated(t, trial), "client-1"); !slices.Contains(got, sim.Write) || slices.Contains(got, sim.Check) {
		t.Errorf("a heedless client 1 did %v, want it to charge without a look", got)
	}
}

func TestARefusedChargeMarksNothing(t *testing.T) {
	h := simulated(t, one(t, "charge-once", "perfect", "fence-all"))
	if got := what(h, "client-1"); !slices.Contains(got, sim.WriteRefused) || slices.Contains(got, sim.Marked) {
		t.Errorf("client 1 did %v, want its charge refused and nothing marked", got)
	}
}
