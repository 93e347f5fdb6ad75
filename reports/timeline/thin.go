package timeline

import (
	"fmt"
	"slices"
)

// The most of anything that a lane can hold once the scene has been cut down to a window: a lane is
// 800 points wide. A window can still hold any number of bars, and of marks at one moment.
const maxOfLane = 300

// maxFaultBars bounds how many bars of faults are read at all.
const maxFaultBars = 5000

// thin drops what a lane has no room for. The caption says so.
func (s *scene) thin() {
	left := 0
	for i := range s.lanes {
		l := &s.lanes[i]
		l.bars = first(l.bars, &left)
		l.memory = first(l.memory, &left)
		l.pauses = first(l.pauses, &left)
		l.knows = first(l.knows, &left)
		l.mistakes = first(l.mistakes, &left)
		kept := 0
		l.marks = slices.DeleteFunc(l.marks, func(m mark) bool {
			if m.rank() == 0 || kept < maxOfLane {
				kept++
				return false
			}
			left++
			return true
		})
		l.marks = first(l.marks, &left)
	}
	s.links = first(s.links, &left)
	for i := range s.violations {
		s.violations[i].spans = first(s.violations[i].spans, &left)
	}
	if left > 0 {
		s.notes = append(s.notes, fmt.Sprintf("Of each lane no more than %d bars and marks of a kind are drawn: %d are left out.", maxOfLane, left))
	}
}

// first keeps as many as a lane can hold, and counts the others.
func first[T any](list []T, left *int) []T {
	if len(list) <= maxOfLane {
		return list
	}
	*left += len(list) - maxOfLane
	return list[:maxOfLane:maxOfLane]
}
