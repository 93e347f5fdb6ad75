package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/words"
)

// maxMarks is how many marks one picture can hold and still be read.
const maxMarks = 160

// limit cuts a scene with too many marks down to a window: around the first violation,
// or at the beginning. The caption says so.
func (s *scene) limit() {
	var times []time.Duration
	for _, l := range s.lanes {
		for _, m := range l.marks {
			times = append(times, m.at)
		}
	}
	if len(times) <= maxMarks {
		return
	}
	slices.Sort(times)
	first, where := 0, "the beginning is shown"
	if at, found := s.firstViolation(); found {
		middle, _ := slices.BinarySearch(times, at)
		first = min(max(0, middle-maxMarks/2), len(times)-maxMarks)
		where = "the part around the first violation is shown"
	}
	whole := s.to
	from, to := times[first], times[first+maxMarks-1]
	pad := max((to-from)/50, time.Nanosecond)
	s.clip(max(0, from-pad), to+pad)
	left := 0
	for _, l := range s.lanes {
		left += len(l.marks)
	}
	s.notes = append(s.notes, fmt.Sprintf("Too much to draw it all: %s, %s to %s of %s, %d of %d marks.",
		where, words.Seconds(s.from), words.Seconds(s.to), words.Seconds(whole), left, len(times)))
}

func (s *scene) firstViolation() (time.Duration, bool) {
	best, any := time.Duration(0), false
	for _, v := range s.violations {
		if at, known := v.when(); known && (!any || at < best) {
			best, any = at, true
		}
	}
	return best, any
}

// clip cuts the scene down to a piece of time.
func (s *scene) clip(from, to time.Duration) {
	s.from, s.to, s.windowed = from, to, true
	outside := func(at time.Duration) bool { return at < from || at > to }
	for i := range s.lanes {
		l := &s.lanes[i]
		if len(l.bars)+len(l.marks) > 0 {
			l.empty = "" // it is not empty, only its contents are elsewhere
		}
		l.marks = slices.DeleteFunc(l.marks, func(m mark) bool { return outside(m.at) })
		l.bars = slices.DeleteFunc(l.bars, func(b bar) bool { return b.to < from || b.from > to })
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
