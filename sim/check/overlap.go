package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// overlap is violated if two clients believed at once that they held the lock. A belief lasts
// from "acquired" to the call of release (not its return), to "lost", or to the end of the
// history. Beliefs that only touch do not overlap.
func overlap(t *trace.Trace) Finding {
	all, err := beliefs(t, untilTold)
	return twoAtOnce(Overlap, "still believed that it held the lock", all, err).orBrief(t, all)
}

// overlapValid is like overlap, but a belief also ends when the client's own clock reaches the
// deadline that the client computed.
func overlapValid(t *trace.Trace) Finding {
	all, err := beliefs(t, whileValid)
	return twoAtOnce(OverlapValid, "still held a lease that was valid by its own clock", all, err).orBrief(t, all)
}

// twoAtOnce looks for beliefs that began while another client's belief still lasted.
func twoAtOnce(p Property, stillHeld string, all []stretch, err error) Finding {
	if err != nil {
		return undecided(p, "beliefs cannot be matched to grants: %v", err)
	}
	if len(all) == 0 {
		return undecided(p, "nobody acquired the lock, so it was not tested")
	}
	overlaps, earlier, later := overlapsIn(all)
	if overlaps == 0 {
		return holds(p, "%s, never two at once", count(len(all), "belief"))
	}
	return violated(p, "%s %s at %s while %s %s (since %s, %s at %s): %s among %s",
		later.client, beginnings[later.began.Kind], clock(later.from), earlier.client, stillHeld,
		clock(earlier.from), earlier.ending(), clock(earlier.to),
		count(overlaps, "overlap"), count(len(all), "belief")).
		shownBy(earlier.began, later.began, earlier.ended)
}

// orBrief marks a violation as brief if no overlap was longer than the machine itself may have
// caused (see Slack).
func (f Finding) orBrief(t *trace.Trace, all []stretch) Finding {
	if bears := slack(t); bears > 0 && f.Verdict == Violated {
		times, _ := atOnce(all)
		f.Brief = longest(times) <= bears
	}
	return f
}

// overlapsIn counts the stretches that began while another client's stretch still ran, and
// returns the first of them with that other one. all must be in the order in which they began.
func overlapsIn(all []stretch) (overlaps int, earlier, later stretch) {
	var longest top[stretch] // the stretch that ends last, and the last one of any other client
	for _, s := range all {
		if s.to == s.from {
			continue // took no time, so it overlaps nothing
		}
		if other := longest.besides(s.client); other != nil && other.with.to > s.from {
			if overlaps == 0 {
				earlier, later = other.with, s
			}
			overlaps++
		}
		longest.offer(s.client, int64(s.to), s)
	}
	return overlaps, earlier, later
}

// beginnings says how a stretch began.
var beginnings = map[sim.Kind]string{
	sim.Acquired: "was granted the lock",
	sim.Renewed:  "had its lease renewed",
}

// endings says what ended a stretch, or after which event a client worked on.
var endings = map[sim.Kind]string{
	sim.Release:            "released",
	sim.Lost:               "told of its loss",
	sim.Deadline:           "its deadline",
	sim.Abandon:            "gave up",
	sim.FaultApplied:       "its crash",
	sim.LedgerWrite:        "its write taken",
	sim.LedgerWriteRefused: "its write refused",
	sim.LedgerMarked:       "its job marked as done",
}

// ending says how a stretch ended.
func (s stretch) ending() string {
	if s.open {
		return "to the end"
	}
	return endings[s.ended.Kind]
}
