package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Stretch is an interval of true time.
type Stretch struct{ From, To time.Duration }

// AtOnce returns the times in which two or more clients believed that they held the lock
// (Overlap), did so within their own deadlines (OverlapValid), or were at work under it
// (WorkOverlap). It returns nothing for any other property, or if the history cannot tell.
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

// untilToldOf, whileValidOf and atWorkOf return the stretches that Overlap, OverlapValid and
// WorkOverlap are about.
func untilToldOf(t *trace.Trace) ([]stretch, error) { return beliefs(t, untilTold) }

func whileValidOf(t *trace.Trace) ([]stretch, error) { return beliefs(t, whileValid) }

func atWorkOf(t *trace.Trace) ([]stretch, error) {
	w, err := workOf(t)
	return w.sure, err
}

// atOnce returns the times in which two or more clients were in a stretch, and the largest
// number of clients at any one time. A client that is in several stretches counts once.
// Stretches that only touch do not overlap.
func atOnce(all []stretch) (times []Stretch, most int) {
	type turn struct {
		at     time.Duration
		client sim.HostID
		by     int // 1 if it begins, -1 if it ends
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
			continue // more happens at the same time
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

// longest returns the length of the longest of these times, or 0 if there are none.
func longest(times []Stretch) (most time.Duration) {
	for _, s := range times {
		most = max(most, s.To-s.From)
	}
	return most
}

// lasted returns the total length of these times.
func lasted(times []Stretch) (total time.Duration) {
	for _, s := range times {
		total += s.To - s.From
	}
	return total
}
