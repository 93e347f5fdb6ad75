package check

import "github.com/locklab/locklab/sim"

// overlap: two clients believed to hold the lock at once. A belief lasts from "acquired"
// to the call of release (not its return), to "lost", or to the end of the history.
// Beliefs that only touch do not overlap.
func overlap(h *sim.History) Finding {
	all, err := beliefs(h, untilTold)
	return twoAtOnce(Overlap, "still believed that it held it", all, err)
}

// overlapValid is the same, but a belief is also over when the client's own clock has
// reached the deadline that the client itself computed.
func overlapValid(h *sim.History) Finding {
	all, err := beliefs(h, whileValid)
	return twoAtOnce(OverlapValid, "still held a lease that was valid by its own clock", all, err)
}

// twoAtOnce looks for beliefs that began while another client's still ran.
func twoAtOnce(p Property, stillHeld string, all []belief, err error) Finding {
	if err != nil {
		return undecided(p, "beliefs cannot be told apart: %v", err)
	}
	if len(all) == 0 {
		return undecided(p, "nobody ever acquired the lock, so it was not put to the test")
	}
	var longest top[belief] // the belief that runs longest, and the longest of anybody else
	var earlier, later belief
	overlaps := 0
	for _, b := range all {
		if b.to == b.from {
			continue // took no time, so it overlaps nothing
		}
		if other := longest.besides(b.client); other != nil && other.with.to > b.from {
			if overlaps == 0 {
				earlier, later = other.with, b
			}
			overlaps++
		}
		longest.offer(b.client, int64(b.to), b)
	}
	if overlaps == 0 {
		return holds(p, "%s, never two at once", count(len(all), "belief"))
	}
	return violated(p, "%s %s at %s while %s %s (since %s, %s at %s): %s among %s",
		later.client, beginnings[later.began.Kind], clock(later.from), earlier.client, stillHeld,
		clock(earlier.from), earlier.ending(), clock(earlier.to),
		count(overlaps, "overlap"), count(len(all), "belief")).
		shownBy(earlier.began, later.began, earlier.ended)
}

// beginnings says how a belief began.
var beginnings = map[sim.Kind]string{
	sim.Acquired: "was granted the lock",
	sim.Renewed:  "got its lease prolonged",
}

// ending says how a belief ended.
func (b belief) ending() string {
	switch b.ended.Kind {
	case sim.Release:
		return "released"
	case sim.Lost:
		return "told of its loss"
	case sim.Deadline:
		return "its deadline"
	case sim.FaultApplied:
		return "its crash"
	}
	return "to the end"
}
