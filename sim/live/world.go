//go:build linux

package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// World is one live trial: it collects what the lab's roles record and lets a director
// carry out the steps. Run uses it once.
//
// Its methods as a sim.World are for the director, which Run calls while it holds mu.
type World struct {
	// Who, if set, asks the lock service which hosts play a part in it. Set it before
	// Run. An answer that takes too long counts as nobody.
	Who func(sim.Role) []sim.HostID
	// Pace, if set, is what the trial relies on. Run measures whether the machine keeps up,
	// and writes down what it has measured. Set it before Run.
	Pace *sim.Pace

	lab     *Lab
	steps   []sim.Step
	chance  *sim.Random // what faults draw from
	trouble chan error  // how a process ended that should not have
	runOver chan struct{}

	mu       sync.Mutex // held by whoever talks to the director
	director *sim.Director
	zero     time.Duration // time zero on the machine's clock; never: it is not known yet
	starts   []func()      // what is to be done as soon as it is known
	over     bool
	events   []sim.Event
	agenda   []appointment // by due
	timers   []*time.Timer // one an appointment
	procs    []*Proc       // that take part, but for those that a crash has killed
	effects  []faultInEffect
	clocks   map[sim.HostID]*sim.Clock // monotonic ones that faults have touched
	waiting  map[sim.HostID]bool       // clients that have not recorded done
	keeping  []*keeping                // what the network keeps for steps that are about to fire
	due      time.Duration             // when what the director does now was due, on the machine's clock
	applied  time.Duration             // since when the fault is in effect that was applied last
	undone   time.Duration             // until when the fault was in effect that was undone last
	pace     paceKeeper
	closing  time.Duration // when it was over, on the machine's clock; never: it is not
	allDone  chan struct{}
}

var _ sim.World = (*World)(nil)

// NewWorld makes the world of a trial in this lab.
func NewWorld(lab *Lab, steps []sim.Step) *World {
	w := &World{
		lab: lab, steps: steps, chance: sim.NewRandom(lab.Seed, "faults"),
		trouble: make(chan error, 1), runOver: make(chan struct{}), allDone: make(chan struct{}),
		clocks: make(map[sim.HostID]*sim.Clock), zero: never, closing: never,
	}
	w.director = sim.NewDirector(w, steps)
	return w
}

// now is the true time since the world started, 0 before.
func (w *World) now() time.Duration { return w.since(machineClock()) }

// since is the true time at a moment of the machine's clock, 0 before the world started.
func (w *World) since(at time.Duration) time.Duration { return max(0, at-w.zero) }

// Hosts lists the lab's hosts, in the order in which they were added.
func (w *World) Hosts() []sim.HostID { return w.lab.hosts() }

// Draw gives the next number of the stream that faults draw from.
func (w *World) Draw() uint64 { return w.chance.Uint64() }

// RecordFault puts an event of the world itself into the history. Between the stamps of
// "applied" and "undone" the fault is in effect without a gap, and nothing that it brings
// about stands before or behind them: see effect.
func (w *World) RecordFault(e sim.Event) {
	e.At = w.now()
	switch e.Kind {
	case sim.FaultApplied:
		e.At = w.applied
	case sim.FaultUndone:
		e.At = w.undone
	}
	w.put(e)
}

// put puts an event into the history, unless there are far too many: then the trial ends with
// an error. The caller holds mu.
func (w *World) put(e sim.Event) {
	if len(w.events) < sim.MaxEvents {
		w.events = append(w.events, e)
		return
	}
	select {
	case w.trouble <- fmt.Errorf("it was cut at %v, with %d events: that is far more than any trial does that can be judged", w.now(), len(w.events)):
	default: // there is trouble already
	}
}

// take puts an event of a process into the history, lets the director see it, and lets
// the process go on if it waits for that: a process that has been stopped meanwhile reads
// the order when it is continued.
func (w *World) take(p *Proc, r report) {
	if r.Say == sending {
		w.keepFor(p, r.Event.Kind)
		return
	}
	if r.Say == pulseBeat {
		w.woke(p.host, r.At, *r.Beat)
		return
	}
	e := *r.Event
	if e.Host == "" || !p.helper { // an observer may watch several hosts and say which it was
		e.Host = p.host
	}
	w.mu.Lock()
	early := r.At < w.zero
	e.At = max(0, r.At-w.zero)
	w.put(e)
	if !w.over && !early && !p.crashed.Load() { // a dead process has no part to play
		w.due = max(r.At, w.zero)
		w.director.Observe(e)
	}
	w.letGo(e.Host, e.Kind)
	if e.Kind == sim.Done && w.waiting[e.Host] {
		delete(w.waiting, e.Host)
		if len(w.waiting) == 0 {
			close(w.allDone)
		}
	}
	w.mu.Unlock()
	if r.Hold {
		p.talk.tell(order{Do: goOn}) // if that fails, so does the end of the trial
	}
}

// holds lists the kinds of event at which the processes of a host wait.
func (w *World) holds(host sim.HostID) []sim.Kind {
	var kinds []sim.Kind
	for _, s := range w.steps {
		if s.When.Host == host && s.When.Holds() {
			kinds = append(kinds, s.When.Kind)
		}
	}
	return kinds
}

// close ends the director's part.
func (w *World) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over, w.closing = true, min(w.closing, machineClock())
	for _, t := range w.timers {
		t.Stop()
	}
	for len(w.keeping) > 0 {
		w.end(w.keeping[0])
	}
}

var errRunTwice = errors.New("run the world: a world runs once; make a new lab and world for another trial")
