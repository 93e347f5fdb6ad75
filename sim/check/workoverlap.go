package check

import (
	"strings"

	"github.com/locklab/locklab/sim/trace"
)

// workOverlap is violated if two clients were at work under the lock at once, whatever they
// believed or had been told. See work for when a client is at work. Stretches that only touch do
// not overlap.
//
// If clients stop when they are told that the lock is lost, this says the same as overlap,
// except for a write that outlasts its client.
func workOverlap(t *trace.Trace) Finding {
	w, err := workOf(t)
	switch {
	case err != nil:
		return undecided(WorkOverlap, "work cannot be matched to grants: %v", err)
	case len(w.sure) == 0:
		return undecided(WorkOverlap, "nobody acquired the lock, so it was not tested")
	}
	overlaps, earlier, later := overlapsIn(w.sure)
	if overlaps == 0 {
		if possible, _, _ := overlapsIn(w.most); possible > 0 {
			return undecided(WorkOverlap, "it is unknown whether two clients were at work at once: %v", firstOf(w.unclear, w.blurred))
		}
		return holds(WorkOverlap, "%s, and never two clients at work at once", count(len(w.sure), "grant"))
	}
	return violated(WorkOverlap, "%s was granted the lock at %s while %s was still at work under it (%s): %s among %s",
		later.client, clock(later.from), earlier.client, earlier.course(), count(overlaps, "overlap"), count(len(w.sure), "grant")).
		shownBy(append(earlier.passed, earlier.began, later.began, earlier.ended)...).orBrief(t, w.sure)
}

// course describes a stretch of work: "since 0.001 s, told of its loss at 12.000 s, released at
// 17.000 s".
func (s stretch) course() string {
	parts := []string{"since " + clock(s.from)}
	for _, e := range s.passed {
		parts = append(parts, endings[e.Kind]+" at "+clock(e.At))
	}
	return strings.Join(append(parts, s.ending()+" at "+clock(s.to)), ", ")
}
