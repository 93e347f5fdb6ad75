package check

import (
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

func lostShare(t *trace.Trace) []float64 {
	if set := t.Set; set != nil {
		if set.Read == nil {
			return nil
		}
		return share(len(set.Lost()), len(set.Acknowledged))
	}
	book := t.Book
	if book.Broken != nil {
		return nil
	}
	lost := 0
	for _, op := range book.Acknowledged {
		if !book.InBalance[op] {
			lost++
		}
	}
	return share(lost, len(book.Acknowledged))
}

// duplicateShare counts effects as duplicateEffect does, and returns the share that was applied
// more than once.
func duplicateShare(t *trace.Trace) []float64 {
	h := t.History
	times := map[string]int{}
	again := 0
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != sim.LedgerWrite {
			continue
		}
		id := trace.EffectOf(e)
		if id == "" {
			return nil
		}
		if times[id]++; times[id] == 2 {
			again++
		}
	}
	return share(again, len(times))
}

func refusedShare(t *trace.Trace) []float64 {
	h := t.History
	reads := sim.LedgerRead
	if h.Header.Inside {
		reads = sim.Read // only the clients report them
	}
	return share(
		countKinds(h, sim.LedgerReadRefused, sim.LedgerWriteRefused),
		countKinds(h, reads, sim.LedgerWrite, sim.LedgerReadRefused, sim.LedgerWriteRefused))
}

func servedShare(t *trace.Trace) []float64 {
	n := tallyOf(attempts(t), func(*attempt) bool { return true })
	return share(n.served, n.asked)
}

func servedBefore(t *trace.Trace) []float64 { return servedIn(before, t) }
func servedDuring(t *trace.Trace) []float64 { return servedIn(during, t) }
func servedAfter(t *trace.Trace) []float64  { return servedIn(after, t) }

// servedIn returns the share of attempts begun in one phase of the trial that were served. A
// trial without a fault has none of these phases.
func servedIn(phase string, t *trace.Trace) []float64 {
	n := tallyOf(attempts(t), func(a *attempt) bool { return a.phase == phase })
	return share(n.served, n.asked)
}

// lostLocks counts each acquired lock once, if its client knows of its end. A client that
// crashed while it held the lock knows of none.
func lostLocks(t *trace.Trace) []float64 {
	h := t.History
	const (
		running = iota
		givenBack
		lost
	)
	end := map[trace.Acquisition]int{}
	over, gone := 0, 0
	for _, e := range h.Events {
		key := trace.AcquisitionOf(&e)
		before, known := end[key]
		switch {
		case e.Kind == sim.Acquired && !known:
			end[key] = running
		case !known || before == lost:
		case e.Kind == sim.Lost || e.Kind == sim.NotReleased:
			end[key] = lost
			gone++
			if before == running {
				over++
			}
		case e.Kind == sim.Released && before == running:
			end[key] = givenBack
			over++
		}
	}
	return share(gone, over)
}

func inversions(t *trace.Trace) []float64 {
	var before string
	lower, pairs := 0, 0
	for _, g := range t.Grants {
		if before != "" {
			pairs++
			if g.Name < before {
				lower++
			}
		}
		before = g.Name
	}
	return share(lower, pairs)
}

func countKinds(h *sim.History, kinds ...sim.Kind) int {
	n := 0
	for _, e := range h.Events {
		if slices.Contains(kinds, e.Kind) {
			n++
		}
	}
	return n
}

// share returns part of all as one value, or none if there is nothing to divide by.
func share(part, all int) []float64 {
	if all == 0 {
		return nil
	}
	return []float64{float64(part) / float64(all)}
}
