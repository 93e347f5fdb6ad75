package check

import (
	"strings"

	"github.com/locklab/locklab/sim/trace"
)

// workOverlap is violated if two clients were at work under the lock at once, whatever they
// believed or had been told. See trace.Work for when a client is at work. Spells that only touch do
// not overlap.
//
// If clients stop when they are told that the lock is lost, this says the same as overlap,
// except for a write that outlasts its client.
func workOverlap(t *trace.Trace) Finding {
	w, err := t.Work()
	switch {
	case err != nil:
		return undecided(WorkOverlap, "work cannot be matched to grants: %v", err)
	case len(w.Sure) == 0:
		return undecided(WorkOverlap, "nobody acquired the lock, so it was not tested")
	}
	overlaps, earlier, later := trace.Overlaps(w.Sure)
	if overlaps == 0 {
		if possible, _, _ := trace.Overlaps(w.Most); possible > 0 {
			return undecided(WorkOverlap, "it is unknown whether two clients were at work at once: %v", firstOf(w.Unclear, w.Blurred))
		}
		return holds(WorkOverlap, "%s, and never two clients at work at once", count(len(w.Sure), "grant"))
	}
	return violated(WorkOverlap, "%s was granted the lock at %s while %s was still at work under it (%s): %s among %s",
		later.Client, clock(later.From), earlier.Client, course(earlier), count(overlaps, "overlap"), count(len(w.Sure), "grant")).
		shownBy(append(earlier.Passed, earlier.Began, later.Began, earlier.Ended)...).orBrief(t, w.Sure)
}

// course describes a spell of work: "since 0.001 s, told of its loss at 12.000 s, released at
// 17.000 s".
func course(s trace.Spell) string {
	parts := []string{"since " + clock(s.From)}
	for _, e := range s.Passed {
		parts = append(parts, endings[e.Kind]+" at "+clock(e.At))
	}
	return strings.Join(append(parts, ending(s)+" at "+clock(s.To)), ", ")
}
