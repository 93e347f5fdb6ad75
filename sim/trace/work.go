package trace

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Work is what clients did under the lock: one spell per acquisition, in the order in which
// they began.
//
// A client is at work from when it is told that it holds the lock until it calls release (not
// until that returns), gives up (abandon) or crashes. A client that is stopped in the middle of
// its work is at work, because it will go on. So is a client that knows that its lease is over
// or lost and goes on all the same.
//
// What a client has sent to the account is also its work. A write (or the mark of a job) that
// was still on its way when its client stopped lasts until the account has taken or refused it.
// It outlasts its client's crash, and its release if no answer came before. A write that never
// reaches the account adds nothing.
type Work struct {
	Sure []Spell // each with its shortest possible length
	Most []Spell // each with its longest possible length
	// Why Sure and Most differ; nil if not for that reason.
	Unclear error // nothing tells under which grant a request was made
	Blurred error // the account's stamps are not exact enough
}

// task is the work under one grant while the history is read.
type task struct {
	Spell
	latest  time.Duration // the latest time at which it can have ended
	stopped *sim.Event    // what stopped the client; nil if it is at work
	lost    *sim.Event    // what told it that the lock is lost, if it had not stopped by then; nil if nothing did
	writing *request      // the write whose answer it waits for
	marking bool          // it waits for the answer to a mark
}

// worker extracts the work of clients from a history.
type worker struct {
	lag   time.Duration // how late the account's stamps may be
	tasks []*task
	known map[Acquisition]*task
	ofOp  map[string][]*task // the tasks that ran an operation, one after the other
	busy  map[sim.HostID][]*task

	unclear, blurred error // as in Work
}

// AtWork returns the times in which clients were at work, each as short as possible.
func (t *Trace) AtWork() ([]Spell, error) {
	w, err := t.Work()
	return w.Sure, err
}

// Work returns all work. It returns an error if grants cannot be told apart.
func (t *Trace) Work() (Work, error) {
	if t.Unclear != nil {
		return Work{}, t.Unclear
	}
	h := t.History
	w := &worker{lag: t.Lag(), known: map[Acquisition]*task{}, ofOp: map[string][]*task{}, busy: map[sim.HostID][]*task{}}
	for i := range h.Events {
		e := &h.Events[i]
		switch e.Kind {
		case sim.Acquired:
			w.begin(e)
		case sim.Lost:
			if held := w.known[AcquisitionOf(e)]; held != nil && held.stopped == nil && held.lost == nil {
				held.lost = e
			}
		case sim.Release, sim.Abandon:
			if held := w.known[AcquisitionOf(e)]; held != nil {
				w.stop(held, e)
			}
		case sim.FaultApplied:
			if t.KindOf(e).SwitchesOff() {
				for _, held := range slices.Clone(w.busy[e.Host]) {
					w.stop(held, e)
				}
			}
		case sim.Write, sim.Wrote, sim.WriteRefused, sim.Marked:
			w.ask(e)
		case sim.LedgerWrite, sim.LedgerWriteRefused, sim.LedgerMarked:
			w.effect(e)
		}
	}
	return w.all(h), nil
}

func (w *worker) begin(e *sim.Event) {
	key := AcquisitionOf(e)
	t := &task{Spell: Spell{Client: e.Host, From: e.At, Began: e}}
	w.tasks, w.known[key] = append(w.tasks, t), t
	w.busy[e.Host] = append(w.busy[e.Host], t)
	if e.Op != "" {
		w.ofOp[e.Op] = append(w.ofOp[e.Op], t)
	}
}

// stop ends what the client itself does. Only the first stop counts: a client that has given up
// still releases the lock.
func (w *worker) stop(t *task, e *sim.Event) {
	if t.stopped != nil {
		return
	}
	t.stopped, t.Ended, t.To, t.latest = e, e, e.At, e.At
	if t.lost != nil {
		t.Passed = append(t.Passed, t.lost)
	}
	w.busy[t.Client] = slices.DeleteFunc(w.busy[t.Client], func(o *task) bool { return o == t })
}

// ask follows what a client asks of the account and what it is told. A client's events name the
// operation, and it runs one at a time, so they are about the latest grant of that operation.
func (w *worker) ask(e *sim.Event) {
	tasks := w.ofOp[e.Op]
	if len(tasks) == 0 || tasks[len(tasks)-1].Client != e.Host {
		return
	}
	t := tasks[len(tasks)-1]
	switch e.Kind {
	case sim.Write:
		r := requestOf(e)
		t.writing = &r
	case sim.Wrote:
		t.writing, t.marking = nil, e.Job != "" // a charge is followed by its mark
	case sim.WriteRefused:
		t.writing = nil
	case sim.Marked:
		t.marking = false
	}
}

// effect records what the account did. This is the work of a client that has stopped if no
// answer had reached it. Only the account's stamp then says when it was done, and that may be
// late.
func (w *worker) effect(e *sim.Event) {
	behind := w.behind(e)
	for _, t := range behind {
		if len(behind) > 1 {
			if t.stopped != nil && e.At > t.latest {
				t.latest = e.At
				w.unclear = firstOf(w.unclear, fmt.Errorf("event %d: %s ran under several grants in turn, and it is unknown which one this request belongs to", e.Seq, Operation(e.Op)))
			}
			continue
		}
		if e.Kind == sim.LedgerMarked {
			t.marking = false
		} else {
			t.writing = nil
		}
		if t.stopped == nil || e.At <= t.To {
			continue
		}
		t.latest = max(t.latest, e.At)
		if at := e.At - w.lag; at > t.To {
			if t.Ended == t.stopped {
				t.Passed = append(t.Passed, t.stopped)
			}
			t.To, t.Ended = at, e
		}
		if w.lag > 0 {
			w.blurred = firstOf(w.blurred, fmt.Errorf("event %d may be stamped up to %v late, too close to tell which came first", e.Seq, w.lag))
		}
	}
}

// behind returns the tasks that may have sent the request that the account carried out, normally
// one. A client that has crashed repeats its operation under another grant while its earlier
// request is on its way. What the two requests carry may tell them apart, or not.
func (w *worker) behind(e *sim.Event) []*task {
	var waiting, exact []*task
	for _, t := range w.ofOp[e.Op] {
		switch {
		case e.Kind == sim.LedgerMarked && t.marking:
			waiting = append(waiting, t)
		case e.Kind != sim.LedgerMarked && t.writing != nil:
			waiting = append(waiting, t)
			if *t.writing == requestOf(e) {
				exact = append(exact, t)
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return waiting
}

// all ends what is still open at the end of the history and returns the spells.
func (w *worker) all(h *sim.History) Work {
	out := Work{Unclear: w.unclear, Blurred: w.blurred}
	for _, t := range w.tasks {
		if t.stopped == nil {
			w.stop(t, &h.Events[len(h.Events)-1])
			t.Open = true
		}
		longest := t.Spell
		longest.To = max(t.To, t.latest)
		out.Sure, out.Most = append(out.Sure, t.Spell), append(out.Most, longest)
	}
	return out
}
