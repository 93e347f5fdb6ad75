package trace

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Stretch is an interval of true time.
type Stretch struct{ From, To time.Duration }

// AtOnce returns the times in which two or more clients were in a spell, and the largest number of
// clients at any one time. A client that is in several spells counts once. Spells that only touch
// do not overlap.
func AtOnce(all []Spell) (times []Stretch, most int) {
	type turn struct {
		at     time.Duration
		client sim.HostID
		by     int // 1 if it begins, -1 if it ends
	}
	var turns []turn
	for _, s := range all {
		if s.To > s.From {
			turns = append(turns, turn{s.From, s.Client, 1}, turn{s.To, s.Client, -1})
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

// Longest returns the length of the longest of these times, or 0 if there are none.
func Longest(times []Stretch) (most time.Duration) {
	for _, s := range times {
		most = max(most, s.To-s.From)
	}
	return most
}

// Lasted returns the total length of these times.
func Lasted(times []Stretch) (total time.Duration) {
	for _, s := range times {
		total += s.To - s.From
	}
	return total
}

// Overlaps counts the spells that began while another client's spell still ran, and returns the
// first of them with that other one. all must be in the order in which they began.
func Overlaps(all []Spell) (overlaps int, earlier, later Spell) {
	var longest top[Spell] // the spell that ends last, and the last one of any other client
	for _, s := range all {
		if s.To == s.From {
			continue // took no time, so it overlaps nothing
		}
		if other := longest.besides(s.Client); other != nil && other.with.To > s.From {
			if overlaps == 0 {
				earlier, later = other.with, s
			}
			overlaps++
		}
		longest.offer(s.Client, int64(s.To), s)
	}
	return overlaps, earlier, later
}
