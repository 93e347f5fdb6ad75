package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim/check"
)

// What one picture can hold and still be readable: this many marks, and in any one lane labels of
// this many characters together.
const (
	maxMarks = 160
	maxText  = 320
	// maxElements is maxMarks for clients that add elements: nearly all of their marks are dots
	// without words.
	maxElements = 600
)

// moment is a mark as it counts towards the limits.
type moment struct {
	at   time.Duration
	lane int
	text int // characters of its label
}

// limit cuts a scene with too many marks down to a window: around the gravest violation, or at the
// beginning. The caption says so.
func (s *scene) limit(findings []check.Finding) {
	var all []moment
	for i, l := range s.lanes {
		for _, m := range l.marks {
			all = append(all, moment{m.at, i, len(m.label)})
		}
	}
	slices.SortStableFunc(all, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	middle, where := 0, "the beginning is shown"
	at, found := s.gravestMoment(findings)
	switch {
	case s.saved:
		at, where = s.rescue, "the part around the refusal that is told above is shown"
	case found:
		where = "the part around the violation that is told above is shown"
	}
	if s.saved || found {
		middle, _ = slices.BinarySearchFunc(all, at, func(m moment, at time.Duration) int { return cmp.Compare(m.at, at) })
	}
	first, end := s.around(all, middle)
	if first == 0 && end == len(all) {
		return
	}
	from, to := all[first].at, all[end-1].at
	pad := max((to-from)/50, time.Nanosecond)
	s.clip(max(0, from-pad), to+pad)
	left := 0
	for _, l := range s.lanes {
		left += len(l.marks)
	}
	s.notes = append(s.notes, fmt.Sprintf("Too much to draw it all: %s, %s, %d of %d marks.",
		where, words.Part(s.from, s.to, s.whole), left, len(all)))
}

// around adds marks from the middle on, alternating before and after it, until one more would be
// too many.
func (s *scene) around(all []moment, middle int) (first, end int) {
	text := make([]int, len(s.lanes))
	first, end = middle, middle
	most := maxMarks
	if s.adds {
		most = maxElements
	}
	for first > 0 || end < len(all) {
		next := end
		if end == len(all) || first > 0 && middle-first < end-middle {
			next = first - 1
		}
		m := all[next]
		if end-first >= most || text[m.lane]+m.text > maxText && end > first {
			return first, end
		}
		text[m.lane] += m.text
		first, end = min(first, next), max(end, next+1)
	}
	return first, end
}

// gravestMoment returns where the violation in the verdict can be seen or, if that is not known,
// the next grave one.
func (s *scene) gravestMoment(findings []check.Finding) (time.Duration, bool) {
	for _, f := range words.ByGravity(findings) {
		for _, v := range s.violations {
			if at, known := v.when(); known && v.property == f.Property {
				return at, true
			}
		}
	}
	return 0, false
}

// clip cuts the scene down to a period.
func (s *scene) clip(from, to time.Duration) {
	s.from, s.to, s.windowed = from, to, true
	outside := func(at time.Duration) bool { return at < from || at > to }
	for i := range s.lanes {
		l := &s.lanes[i]
		if len(l.bars)+len(l.marks) > 0 {
			l.empty = "" // it is not empty, its contents are just elsewhere
		}
		l.marks = slices.DeleteFunc(l.marks, func(m mark) bool { return outside(m.at) })
		l.bars = slices.DeleteFunc(l.bars, func(b bar) bool { return b.to < from || b.from > to })
		l.memory = slices.DeleteFunc(l.memory, func(b bar) bool { return b.to < from || b.from > to })
		l.knows = slices.DeleteFunc(l.knows, func(k known) bool { return k.to < from || k.from > to })
		l.mistakes = slices.DeleteFunc(l.mistakes, func(m mistake) bool { return m.to < from || m.from > to })
	}
	s.links = slices.DeleteFunc(s.links, func(l link) bool { return outside(l.clientAt) || outside(l.ledgerAt) })
	for i := range s.violations {
		v := &s.violations[i]
		if v.moment && outside(v.at) {
			v.moment = false
		}
		v.spans = slices.DeleteFunc(v.spans, func(x interval) bool { return x.to < from || x.from > to })
	}
}
