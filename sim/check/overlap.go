package check

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// overlap is violated if two clients believed at once that they held the lock. A belief lasts
// from "acquired" to the call of release (not its return), to "lost", or to the end of the
// history. Beliefs that only touch do not overlap.
func overlap(t *trace.Trace) Finding {
	all, err := t.HeldUntilTold()
	return twoAtOnce(Overlap, "still believed that it held the lock", all, err).orBrief(t, all)
}

// overlapValid is like overlap, but a belief also ends when the client's own clock reaches the
// deadline that the client computed.
func overlapValid(t *trace.Trace) Finding {
	all, err := t.HeldWhileValid()
	return twoAtOnce(OverlapValid, "still held a lease that was valid by its own clock", all, err).orBrief(t, all)
}

// twoAtOnce looks for beliefs that began while another client's belief still lasted.
func twoAtOnce(p Property, stillHeld string, all []trace.Spell, err error) Finding {
	if err != nil {
		return undecided(p, "beliefs cannot be matched to grants: %v", err)
	}
	if len(all) == 0 {
		return undecided(p, "nobody acquired the lock, so it was not tested")
	}
	overlaps, earlier, later := trace.Overlaps(all)
	if overlaps == 0 {
		return holds(p, "%s, never two at once", count(len(all), "belief"))
	}
	return violated(p, "%s %s at %s while %s %s (since %s, %s at %s): %s among %s",
		later.Client, beginnings[later.Began.Kind], clock(later.From), earlier.Client, stillHeld,
		clock(earlier.From), ending(earlier), clock(earlier.To),
		count(overlaps, "overlap"), count(len(all), "belief")).
		shownBy(earlier.Began, later.Began, earlier.Ended)
}

// orBrief marks a violation as brief if no overlap was longer than the machine itself may have
// caused (see Slack).
func (f Finding) orBrief(t *trace.Trace, all []trace.Spell) Finding {
	if bears := Slack(t); bears > 0 && f.Verdict == Violated {
		times, _ := trace.AtOnce(all)
		f.Brief = trace.Longest(times) <= bears
	}
	return f
}

// AtOnce returns the times in which two or more clients believed that they held the lock
// (Overlap), did so within their own deadlines (OverlapValid), or were at work under it
// (WorkOverlap). It returns nothing for any other property, or if the history cannot tell.
func AtOnce(h *sim.History, p Property) []trace.Stretch {
	spells := p.Row().spells
	if spells == nil {
		return nil
	}
	all, err := spells(trace.Read(h))
	if err != nil {
		return nil
	}
	times, _ := trace.AtOnce(all)
	return times
}

// beginnings says how a spell began.
var beginnings = map[sim.Kind]string{
	sim.Acquired: "was granted the lock",
	sim.Renewed:  "had its lease renewed",
}

// endings says what ended a spell, or after which event a client worked on.
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

// ending says how a spell ended.
func ending(s trace.Spell) string {
	if s.Open {
		return "to the end"
	}
	return endings[s.Ended.Kind]
}
