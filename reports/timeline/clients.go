package timeline

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// clientReader follows one client through the history.
type clientReader struct {
	trace *trace.Trace
	lane  lane
	index int
	lost  map[*sim.Event]bool      // the events that ended one of its beliefs
	knows []knows                  // grants it works on under although it was told
	told  map[string]time.Duration // when it was told that it lost the lock, by grant
	wrote map[string]string        // what a write is, by operation
}

// knows is a grant under which a client works on although it was told that it is lost.
type knows struct {
	grant string
	from  time.Duration
}

// readClient makes the lane of the client with this index: its waits, what it believed about the
// lock, and what it did.
func readClient(t *trace.Trace, index int, end time.Duration) lane {
	h := t.History
	id := h.Header.Clients[index]
	r := &clientReader{trace: t, index: index, lost: map[*sim.Event]bool{}, wrote: map[string]string{}, told: map[string]time.Duration{}}
	r.lane = lane{kind: clientLane, host: id, name: string(id), client: index}
	until := func(e *sim.Event) time.Duration {
		if e == nil {
			return end
		}
		return e.At
	}
	for _, a := range t.Attempts {
		if a.Client == id {
			r.add(a.Began.At, until(a.Over()), waiting, "")
		}
	}
	for _, b := range t.BeliefsOf(id) {
		for _, p := range b.Pieces {
			style := overrun
			if p.Valid {
				style = held
			}
			r.add(p.Began.At, until(p.Ended), style, b.Grant)
		}
		if b.Ended != nil {
			r.lost[b.Ended] = true
		}
	}
	for i := range h.Events {
		if e := &h.Events[i]; e.Host == id {
			if e.Kind == sim.FaultApplied && t.KindOf(e).SwitchesOff() {
				r.stop(e.At)
			}
			r.lock(e)
			r.account(e)
		}
	}
	r.stop(end)
	slices.SortStableFunc(r.lane.bars, func(a, b bar) int { return int(a.style) - int(b.style) })
	r.lane.bars = slices.CompactFunc(r.lane.bars, func(a, b bar) bool {
		return a.style == knowing && b.style == knowing && a.grant == b.grant && a.interval == b.interval
	})
	return r.lane
}

// stop ends all work under lost grants: the trial is over, or the client has crashed.
func (r *clientReader) stop(at time.Duration) {
	r.ends(at, func(knows) bool { return true })
}

// ends ends the work under some of the grants that are known to be lost.
func (r *clientReader) ends(at time.Duration, which func(knows) bool) {
	r.knows = slices.DeleteFunc(r.knows, func(k knows) bool {
		if !which(k) {
			return false
		}
		r.add(k.from, at, knowing, k.grant)
		return true
	})
}

// lock reads what the client did with the lock.
func (r *clientReader) lock(e *sim.Event) {
	mine := func(k knows) bool { return k.grant == e.Grant }
	switch e.Kind {
	case sim.NotAcquired:
		r.mark(e, cross, "no lock")
	case sim.Renewed:
		r.mark(e, smallDot, "")
	case sim.Lost:
		if r.lost[e] { // until it stops, or gives the lock back, it works on
			r.knows = append(r.knows, knows{e.Grant, e.At})
		}
		r.told[e.Grant] = e.At
		r.mark(e, cross, "told: lock lost")
	case sim.Release, sim.Released:
		r.ends(e.At, mine)
	case sim.NotReleased:
		r.ends(e.At, mine)
		r.mark(e, cross, "told: not released")
	}
}

// account reads what the client did with the account.
func (r *clientReader) account(e *sim.Event) {
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
			r.knows = append(r.knows, knows{e.Grant, e.At})
		}
		r.mark(e, look, "knows it, and works on")
	case sim.Write:
		r.lookedAt(e)
		r.wrote[e.Op] = fmt.Sprintf("wrote %d", e.Balance)
		if e.Job != "" { // the remaining balance is in the account's lane
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

// lookedAt removes the words from a check of the lease that was directly followed by the write:
// every careful client does that, and it is worth mentioning only if something came in between.
func (r *clientReader) lookedAt(write *sim.Event) {
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

// lookThenWrite is the longest time that an undisturbed client takes from its check to its write.
const lookThenWrite = 10 * time.Millisecond

// readLabel describes what a client has read: the balance, or whether the job is open.
func readLabel(e *sim.Event) string {
	if e.Job != "" {
		return "looks at " + e.Job
	}
	return fmt.Sprintf("read %d", e.Balance)
}

// stops says why a client gives up its work, unless the mark right before has said it.
func (r *clientReader) stops(e *sim.Event) string {
	at, told := r.told[e.Grant]
	if e.Note == "" || told && e.At-at < atOnce {
		return "stops"
	}
	return "stops: " + e.Note
}

func (r *clientReader) mark(e *sim.Event, style markStyle, label string) {
	r.lane.marks = append(r.lane.marks, mark{at: e.At, seq: e.Seq, style: style, client: r.index, label: label})
}

// atOnce is the longest time that a client takes to stop at once when it is told.
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
