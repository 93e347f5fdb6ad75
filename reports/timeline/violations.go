package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// maxPairs bounds the search for overlapping bars, which looks at every pair.
const maxPairs = 200

// placeViolation finds where in the picture a violation can be seen.
func placeViolation(f check.Finding, h *sim.History, clients []lane) violation {
	v := violation{property: f.Property, label: words.ViolationIn(h, f.Property)}
	switch f.Property.Row().Mark {
	case check.WhileBelieved:
		v.spans = overlaps(f, h, clients)
	case check.WhileAtWork:
		for _, s := range check.AtOnce(h, f.Property) {
			v.spans = append(v.spans, interval{s.From, s.To})
		}
	case check.AtEvent, check.WhileWaiting: // is a moment
	}
	if len(v.spans) > 0 {
		return v
	}
	// At the account the write that did it says it best; it is the last one named.
	for _, e := range evidenceOf(f, h) {
		v.at, v.moment = e.At, true
	}
	if all := evidenceOf(f, h); f.Property == check.LostUpdate && words.AddsOnly(h) && len(all) > 0 {
		v.at = all[0].At // the first element that is lost; the last one named is the set
	}
	for _, e := range evidenceOf(f, h) {
		if e.Kind == sim.LedgerWrite || e.Kind == sim.LedgerWriteRefused || e.Kind == sim.LedgerReadRefused {
			v.at = e.At
		}
	}
	if at, waiting := tooLong(f, h); waiting {
		v.at = at
	}
	return v
}

// tooLong is when the wait of a client became too long that had no answer to the end; false:
// the finding is of something else.
func tooLong(f check.Finding, h *sim.History) (time.Duration, bool) {
	evidence := evidenceOf(f, h)
	if f.Verdict != check.Violated || f.Property.Row().Mark != check.WhileWaiting || len(evidence) != 1 || evidence[0].Kind != sim.Acquire {
		return 0, false
	}
	end := h.Events[len(h.Events)-1].At
	return min(evidence[0].At+check.Patience(h.Header.TTL), end), true
}

// evidenceOf gives the events that a finding names, in the order of the history.
// Numbers that the history does not have are passed over.
func evidenceOf(f check.Finding, h *sim.History) []sim.Event {
	numbers := slices.Clone(f.Evidence)
	slices.Sort(numbers)
	var events []sim.Event
	for _, seq := range slices.Compact(numbers) {
		if seq >= 1 && seq <= int64(len(h.Events)) {
			events = append(events, h.Events[seq-1])
		}
	}
	return events
}

// overlaps gives the times at which bars of different clients, from the acquisitions
// that the finding names, lie above each other.
func overlaps(f check.Finding, h *sim.History, clients []lane) []interval {
	grants := map[string]bool{}
	for _, e := range evidenceOf(f, h) {
		if e.Grant != "" {
			grants[e.Grant] = true
		}
	}
	var bars []bar
	for _, l := range clients {
		for _, b := range l.bars {
			believed := b.style == held || b.style == overrun && f.Property == check.Overlap
			if believed && grants[b.grant] && len(bars) < maxPairs {
				bars = append(bars, b)
			}
		}
	}
	var found []interval
	for i, a := range bars {
		for _, b := range bars[i+1:] {
			both := interval{max(a.from, b.from), min(a.to, b.to)}
			if a.client != b.client && both.from < both.to {
				found = append(found, both)
			}
		}
	}
	return merge(found)
}

// merge joins intervals that touch.
func merge(list []interval) []interval {
	slices.SortFunc(list, func(a, b interval) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []interval
	for _, each := range list {
		if n := len(out); n > 0 && each.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, each.to)
			continue
		}
		out = append(out, each)
	}
	return out
}

// lasted is for how long the violation lasted, all spans together.
func (v violation) lasted() time.Duration {
	sum := time.Duration(0)
	for _, span := range v.spans {
		sum += span.to - span.from
	}
	return sum
}
