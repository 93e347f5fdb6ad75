package check

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

func lostShare(h *sim.History) []float64 {
	if set := additionsOf(h); set != nil {
		if set.read == nil {
			return nil
		}
		return share(len(set.lost()), len(set.acknowledged))
	}
	book, err := readLedger(h)
	if err != nil {
		return nil
	}
	lost := 0
	for _, op := range book.acknowledged {
		if !book.inBalance[op] {
			lost++
		}
	}
	return share(lost, len(book.acknowledged))
}

func refusedShare(h *sim.History) []float64 {
	reads := sim.LedgerRead
	if h.Header.Inside {
		reads = sim.Read // nobody but the clients tells of them
	}
	return share(
		countKinds(h, sim.LedgerReadRefused, sim.LedgerWriteRefused),
		countKinds(h, reads, sim.LedgerWrite, sim.LedgerReadRefused, sim.LedgerWriteRefused))
}

func servedShare(h *sim.History) []float64 {
	n := tallyOf(attempts(h), func(*attempt) bool { return true })
	return share(n.served, n.asked)
}

func servedBefore(h *sim.History) []float64 { return servedIn(before, h) }
func servedDuring(h *sim.History) []float64 { return servedIn(during, h) }
func servedAfter(h *sim.History) []float64  { return servedIn(after, h) }

// servedIn is the share of attempts that began in one phase of the trial and were served. A
// trial without any fault has none of these phases.
func servedIn(phase string, h *sim.History) []float64 {
	n := tallyOf(attempts(h), func(a *attempt) bool { return a.phase == phase })
	return share(n.served, n.asked)
}

// lostLocks counts each acquired lock once that came to an end of which its client knows. A
// client that crashed with it in its hands knows of none.
func lostLocks(h *sim.History) []float64 {
	const (
		running = iota
		givenBack
		lost
	)
	end := map[acquisition]int{}
	over, gone := 0, 0
	for _, e := range h.Events {
		key := acquisition{e.Host, e.Grant}
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

func inversions(h *sim.History) []float64 {
	var before string
	lower, pairs := 0, 0
	for _, e := range h.Events {
		if e.Kind != sim.Granted {
			continue
		}
		if before != "" {
			pairs++
			if e.Grant < before {
				lower++
			}
		}
		before = e.Grant
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

// share is part of all as one value, or none if there is nothing to divide by.
func share(part, all int) []float64 {
	if all == 0 {
		return nil
	}
	return []float64{float64(part) / float64(all)}
}
