package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// clientReader follows one client through the history.
type clientReader struct {
	lane    lane
	index   int
	asked   []ask                    // acquires without an answer yet
	beliefs []belief                 // leases it believes to hold
	told    map[string]time.Duration // when it was told that it lost the lock, by grant
	wrote   map[string]string        // what a write is, by operation
}

type ask struct {
	op   string
	from time.Duration
}

// belief is the running piece of a belief: within the client's own deadline or past it.
type belief struct {
	grant string
	from  time.Duration
	style barStyle
}

// readClient makes the lane of the client with this index. A belief runs from the
// answer to the acquire until the client asks to release, is told that it lost, or crashes.
func readClient(h *sim.History, index int, end time.Duration) lane {
	id := h.Header.Clients[index]
	r := &clientReader{index: index, wrote: map[string]string{}, told: map[string]time.Duration{}}
	r.lane = lane{kind: clientLane, host: id, name: string(id), client: index}
	for _, e := range h.Events {
		if e.Host != id {
			continue
		}
		if e.Kind == sim.FaultApplied && sim.LaneKind(e.Fault) == sim.Crash {
			r.stop(e.At)
		}
		r.lock(e)
		r.account(e)
	}
	r.stop(end)
	slices.SortStableFunc(r.lane.bars, func(a, b bar) int { return int(a.style) - int(b.style) })
	r.lane.bars = slices.CompactFunc(r.lane.bars, func(a, b bar) bool {
		return a.style == knowing && b.style == knowing && a.grant == b.grant && a.interval == b.interval
	})
	return r.lane
}

// stop ends all that the client waited for and believed: the trial is over, or the client
// has crashed.
func (r *clientReader) stop(at time.Duration) {
	for _, a := range r.asked {
		r.add(a.from, at, waiting, "")
	}
	for _, b := range r.beliefs {
		r.add(b.from, at, b.style, b.grant)
	}
	r.asked, r.beliefs = nil, nil
}

// lock reads what the client did with the lock.
func (r *clientReader) lock(e sim.Event) {
	switch e.Kind {
	case sim.Acquire:
		r.asked = append(r.asked, ask{e.Op, e.At})
	case sim.Acquired:
		r.answered(e)
		r.beliefs = append(r.beliefs, belief{e.Grant, e.At, held})
	case sim.NotAcquired:
		r.answered(e)
		r.mark(e, cross, "no lock")
	case sim.Deadline:
		r.turn(e, overrun)
	case sim.Renewed:
		r.turn(e, held)
		r.mark(e, smallDot, "")
	case sim.Release:
		r.ends(e)
	case sim.Lost:
		worked := slices.ContainsFunc(r.beliefs, func(b belief) bool { return b.grant == e.Grant })
		r.ends(e)
		if worked { // until it stops, or gives the lock back, it works on
			r.beliefs = append(r.beliefs, belief{e.Grant, e.At, knowing})
		}
		r.told[e.Grant] = e.At
		r.mark(e, cross, "told: lock lost")
	case sim.Released:
		r.ends(e)
	case sim.NotReleased:
		r.ends(e)
		r.mark(e, cross, "told: not released")
	}
}

// account reads what the client did with the account.
func (r *clientReader) account(e sim.Event) {
	switch e.Kind {
	case sim.Read:
		r.mark(e, openDot, readLabel(e))
	case sim.ReadRefused:
		r.mark(e, cross, "read refused")
	case sim.ReadUnknown:
		r.mark(e, cross, "read: no answer")
	case sim.Check:
		r.mark(e, look, "looks: the lease is good")
	case sim.Abandon:
		r.mark(e, cross, r.stops(e))
	case sim.Ignored:
		if _, told := r.told[e.Grant]; told {
			r.beliefs = append(r.beliefs, belief{e.Grant, e.At, knowing})
		}
		r.mark(e, look, "knows it, and works on")
	case sim.Write:
		r.lookedAt(e)
		r.wrote[e.Op] = fmt.Sprintf("wrote %d", e.Balance)
		if e.Job != "" { // what is left is for the account to say
			r.wrote[e.Op] = "charged for " + e.Job
		}
	case sim.Wrote:
		r.mark(e, tick, r.wrote[e.Op])
	case sim.WriteRefused:
		r.mark(e, cross, "told: refused")
	case sim.WriteUnknown:
		r.mark(e, cross, "write: no answer")
	}
}

// lookedAt takes the words from a look at the lease that the write followed at once: it is
// what every careful client does, and worth telling only if something came in between.
func (r *clientReader) lookedAt(write sim.Event) {
	for i := len(r.lane.marks) - 1; i >= 0; i-- {
		m := &r.lane.marks[i]
		if write.At-m.at > lookThenWrite {
			return
		}
		if m.style == look {
			m.label = ""
			return
		}
	}
}

// lookThenWrite is how long a client takes at most, that nothing keeps, from its look to its
// write.
const lookThenWrite = 10 * time.Millisecond

// readLabel says what a client has read: the balance, or whether the job is open.
func readLabel(e sim.Event) string {
	if e.Job != "" {
		return "looks at " + e.Job
	}
	return fmt.Sprintf("read %d", e.Balance)
}

// stops says why a client gives its work up, where the mark right before has not said it.
func (r *clientReader) stops(e sim.Event) string {
	at, told := r.told[e.Grant]
	if e.Note == "" || told && e.At-at < atOnce {
		return "stops"
	}
	return "stops: " + e.Note
}

func (r *clientReader) mark(e sim.Event, style markStyle, label string) {
	r.lane.marks = append(r.lane.marks, mark{at: e.At, seq: e.Seq, style: style, client: r.index, label: label})
}

// atOnce is how long a client takes at most that stops at once when it is told.
const atOnce = 100 * time.Millisecond

func (r *clientReader) add(from, to time.Duration, style barStyle, grant string) {
	if style == overrun && to <= from || style == knowing && to-from < atOnce {
		return // there is nothing to see
	}
	b := bar{interval: interval{from, to}, style: style, client: r.index, grant: grant}
	switch style {
	case held:
		b.labels = []string{"believes it holds the lock", "holds the lock", "holds"}
	case overrun:
		b.labels = []string{"still believes it, past its own deadline", "past its own deadline", "past deadline"}
	case knowing:
		b.labels = []string{"works on, though it was told", "works on"}
	case waiting:
		b.labels = []string{"waits for the lock", "waits"}
	case granted, balance, remembered, inEffect:
		panic("a client's lane has a bar that is not the client's")
	}
	r.lane.bars = append(r.lane.bars, b)
}

// answered ends the wait of an acquire.
func (r *clientReader) answered(e sim.Event) {
	r.asked = slices.DeleteFunc(r.asked, func(a ask) bool {
		if a.op != e.Op {
			return false
		}
		r.add(a.from, e.At, waiting, "")
		return true
	})
}

// turn ends the running piece of a belief and begins one of another style.
func (r *clientReader) turn(e sim.Event, style barStyle) {
	for i, b := range r.beliefs {
		if b.grant == e.Grant && b.style != style && b.style != knowing {
			r.add(b.from, e.At, b.style, b.grant)
			r.beliefs[i] = belief{b.grant, e.At, style}
		}
	}
}

// ends ends a belief.
func (r *clientReader) ends(e sim.Event) {
	r.beliefs = slices.DeleteFunc(r.beliefs, func(b belief) bool {
		if b.grant != e.Grant {
			return false
		}
		r.add(b.from, e.At, b.style, b.grant)
		return true
	})
}
