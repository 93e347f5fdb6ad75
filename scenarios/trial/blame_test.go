package trial

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// attentiveHistories calls each for every trial with attentive clients for which as returns true.
func attentiveHistories(t *testing.T, as func(Trial) bool, each func(Trial, *sim.History)) {
	t.Helper()
	for _, j := range suite(t).judged {
		if j.Trial.Discipline.Kind == workload.Attentive && as(j.Trial) {
			each(j.Trial, j.History)
		}
	}
}

// TestAnAttentiveClientSendsNoWriteThatItKnowsToBeLate checks that an attentive client sends no
// write that it could know to be too late: it has looked right before, nobody had told it by then
// that the lock is lost, and the deadline it knew of had not passed when it looked.
func TestAnAttentiveClientSendsNoWriteThatItKnowsToBeLate(t *testing.T) {
	writes := 0
	attentiveHistories(t, func(Trial) bool { return true }, func(trial Trial, h *sim.History) {
		for i := range h.Events {
			if h.Events[i].Kind != sim.Write {
				continue
			}
			writes++
			if why := carelessly(h, i); why != "" {
				t.Errorf("%s, seed %d, event %d: %s", trial.Cell(), trial.Seed, h.Events[i].Seq, why)
			}
		}
	})
	if least := map[bool]int{false: 1000, true: 300}[testing.Short()]; writes < least {
		t.Errorf("only %d writes were sent", writes)
	}
}

// carelessly says what the client that sent a write should have known; empty means nothing. Event
// number i is the write.
func carelessly(h *sim.History, i int) string {
	write := h.Events[i]
	looked := false
	for j := i - 1; j >= 0; j-- {
		e := h.Events[j]
		if e.Host != write.Host || e.Fault != 0 {
			continue
		}
		switch mine := e.Grant == write.Grant; {
		case e.Kind == sim.Lost && mine:
			return fmt.Sprintf("it was told at %v that the lock is lost, and writes at %v", e.At, write.At)
		case !looked && e.Op != write.Op && e.Kind != sim.Deadline:
			continue // done by its other processes
		case !looked && e.Kind == sim.Check:
			looked = true
		case !looked && e.Kind == sim.Deadline:
			continue // after its look; one from before the look turns up further back
		case !looked:
			return fmt.Sprintf("before its write it did %q and not look", e.Kind)
		case e.Kind == sim.Deadline && mine:
			return fmt.Sprintf("its deadline had passed at %v, before it looked", e.At)
		case (e.Kind == sim.Renewed || e.Kind == sim.Acquired) && mine:
			return "" // the deadline it looked at came from here, and had not passed
		}
	}
	return "it writes without having acquired the lock"
}

// TestOfAttentiveClientsOnlyTheLockOrWhatComesAfterTheLookTakesMoney checks that with attentive
// clients, a lock without a guard loses money in only two ways. Either the lock is to blame: it let
// a client in while another's lease was still running by that other client's own count. Or no lock
// could have helped: the lock was passed on between a client's look and the effect of what it did
// next, because the client was stopped or its write was held up on the way.
func TestOfAttentiveClientsOnlyTheLockOrWhatComesAfterTheLookTakesMoney(t *testing.T) {
	var byLock, afterLook []string
	leased := func(trial Trial) bool {
		return trial.Guard == ledger.None && trial.Backend.Backend.Name() != "none" && trial.Scenario.Workload.Kind != workload.Add
	}
	attentiveHistories(t, leased, func(trial Trial, h *sim.History) {
		if !slices.ContainsFunc(check.Harming(check.TheAccount), func(p check.Property) bool { return check.One(p, h).Verdict == check.Violated }) {
			return
		}
		switch {
		case slices.ContainsFunc(effects(h), func(e effect) bool { return e.givenOn(h) && e.disturbed(h) }):
			afterLook = append(afterLook, trial.Scenario.Name)
		case check.One(check.OverlapValid, h).Verdict == check.Violated:
			byLock = append(byLock, trial.Scenario.Name)
		default:
			t.Errorf("%s, seed %d: money is gone, no lease was overridden, and nothing came between a look and its effect", trial.Cell(), trial.Seed)
		}
	})
	for _, some := range []struct {
		of      []string
		include []string
	}{
		{byLock, []string{"pause-during-acquire", "vm-suspend", "foreign-release", "session-events-unread", "lost-unlock-reply"}},
		{afterLook, []string{"gc-pause", "delayed-write", "inside-pause", "inside-cut", "writes-out-of-order", "charge-once", "charge-unmarked"}},
	} {
		for _, name := range some.include {
			if !testing.Short() && !slices.Contains(some.of, name) {
				t.Errorf("%s is not among %q", name, slices.Compact(some.of))
			}
		}
	}
}

// effect is what a client did to the account, from its look at the deadline to the last thing it
// brought about: the write or, where there is one, the mark.
type effect struct {
	client       sim.HostID
	look, effect time.Duration
}

func effects(h *sim.History) (out []effect) {
	at := map[string]int{} // by operation: its index in out
	for _, e := range h.Events {
		i, looked := at[e.Op]
		switch {
		case e.Kind == sim.Check:
			at[e.Op] = len(out)
			out = append(out, effect{client: e.Host, look: e.At})
		case looked && (e.Kind == sim.LedgerWrite || e.Kind == sim.LedgerMarked):
			out[i].effect = e.At
		}
	}
	return out
}

// givenOn reports whether the service granted the lock to somebody else between look and effect.
func (e effect) givenOn(h *sim.History) bool {
	return slices.ContainsFunc(h.Events, func(g sim.Event) bool {
		return g.Kind == sim.Granted && g.Client != e.client && e.look < g.At && g.At < e.effect
	})
}

// disturbed reports whether, between look and effect, the client was stopped or a fault hit its
// path to the account.
func (e effect) disturbed(h *sim.History) bool {
	return slices.ContainsFunc(h.Events, func(f sim.Event) bool {
		if f.Kind != sim.FaultApplied || f.At < e.look || f.At > e.effect {
			return false
		}
		kind := h.Header.FaultOf(&f).Kind
		return kind.StopsHost() && f.Host == e.client ||
			kind.OnLinks() && slices.Contains(f.Hosts, e.client) && slices.ContainsFunc(accountOf(h), func(id sim.HostID) bool { return slices.Contains(f.Hosts, id) })
	})
}

// accountOf lists the hosts that a write goes to.
func accountOf(h *sim.History) []sim.HostID {
	if h.Header.Inside {
		return h.Header.Servers
	}
	return []sim.HostID{ledger.HostID}
}
