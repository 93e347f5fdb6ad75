package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Stretch is a piece of true time.
type Stretch struct{ From, To time.Duration }

// AtOnce gives the times in which two clients or more believed to hold the lock, did so
// within their own deadlines, or were at work under it, for Overlap, OverlapValid and
// WorkOverlap. Of any other property, and where the history cannot tell, it gives nothing.
func AtOnce(h *sim.History, p Property) []Stretch {
	stretches := p.Row().stretches
	if stretches == nil {
		return nil
	}
	all, err := stretches(trace.Read(h))
	if err != nil {
		return nil
	}
	times, _ := atOnce(all)
	return times
}

// untilToldOf, whileValidOf and atWorkOf are the stretches of time of Overlap, OverlapValid and
// WorkOverlap.
func untilToldOf(t *trace.Trace) ([]stretch, error) { return beliefs(t, untilTold) }

func whileValidOf(t *trace.Trace) ([]stretch, error) { return beliefs(t, whileValid) }

func atWorkOf(t *trace.Trace) ([]stretch, error) {
	w, err := workOf(t)
	return w.sure, err
}

// atOnce gives the times in which two clients or more were in a stretch, and how many at most
// were at one time. A client in several of its own counts once. Stretches that only touch are
// not at once.
func atOnce(all []stretch) (times []Stretch, most int) {
	type turn struct {
		at     time.Duration
		client sim.HostID
		by     int // 1: it begins, -1: it ends
	}
	var turns []turn
	for _, s := range all {
		if s.to > s.from {
			turns = append(turns, turn{s.from, s.client, 1}, turn{s.to, s.client, -1})
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	in, clients := map[sim.HostID]int{}, 0
	for i, t := range turns {
		before := in[t.client]
		in[t.client] += t.by
		switch {
		case before == 0:
			clients++
		case in[t.client] == 0:
			clients--
		}
		if last := i == len(turns)-1; last || turns[i+1].at == t.at {
			continue // more happens at this time
		}
		most = max(most, clients)
		if clients < 2 {
			continue
		}
		until := turns[i+1].at
		if n := len(times); n > 0 && times[n-1].To == t.at {
			times[n-1].To = until
			continue
		}
		times = append(times, Stretch{t.at, until})
	}
	return times, most
}

// longest is how long the longest of them is; 0: there is none.
func longest(times []Stretch) (most time.Duration) {
	for _, s := range times {
		most = max(most, s.To-s.From)
	}
	return most
}

// lasted is how long all of them are together.
func lasted(times []Stretch) (total time.Duration) {
	for _, s := range times {
		total += s.To - s.From
	}
	return total
}
