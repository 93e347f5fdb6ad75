package timeline

import (
	"fmt"
	"slices"
)

// maxWaiting is how many clients that did nothing but wait get their own lanes.
const maxWaiting = 3

// fold merges the lanes of clients that did nothing but wait, if there are many: they all look the
// same, and separate lanes that are worth comparing.
func (s *scene) fold() {
	idle := func(l lane) bool {
		return l.kind == clientLane && len(l.marks)+len(l.mistakes)+len(l.knows)+len(l.pauses) == 0 &&
			len(l.bars) > 0 && !slices.ContainsFunc(l.bars, func(b bar) bool { return b.style != waiting })
	}
	var waiters []lane
	last := -1
	for i, l := range s.lanes {
		if idle(l) {
			waiters = append(waiters, l)
		}
		if l.kind == clientLane {
			last = i
		}
	}
	if len(waiters) <= maxWaiting {
		return
	}
	crowd := lane{kind: clientLane, client: nobody, name: fmt.Sprintf("%d others", len(waiters)), about: "clients"}
	whole := bar{interval: waiters[0].bars[0].interval, style: waiting, client: nobody, labels: []string{"wait for the lock", "wait"}}
	for _, l := range waiters {
		for _, b := range l.bars {
			whole.from, whole.to = min(whole.from, b.from), max(whole.to, b.to)
		}
	}
	crowd.bars = []bar{whole}
	rest := slices.DeleteFunc(slices.Clone(s.lanes[:last+1]), idle)
	s.lanes = slices.Concat(rest, []lane{crowd}, s.lanes[last+1:])
}
