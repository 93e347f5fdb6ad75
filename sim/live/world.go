//go:build linux

package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/pace"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

// World is one live trial: it collects what the lab's roles record and lets a director carry out
// the steps. It can be run only once.
//
// Its methods as a sim.World are for the director, which Run calls while it holds mu.
type World struct {
	// Who, if set, asks the lock service which hosts play a part in it. Set it before Run. An
	// answer that takes too long counts as nobody.
	Who func(sim.Role) []sim.HostID
	// Pace, if set, holds the times that the trial relies on. Run measures whether the machine
	// keeps up, and stores the measurements in it. Set it before Run.
	Pace *sim.Pace

	lab     *Lab
	steps   []sim.Step
	chance  *sim.Random // the random stream of faults
	trouble chan error  // reports processes that ended but should not have
	runOver chan struct{}

	mu       sync.Mutex // held during every call of the director
	director *sim.Director
	zero     time.Duration // time zero on the machine's clock; clock.Never until it is known
	starts   []func()      // what to do once zero is known
	over     bool
	events   []sim.Event
	agenda   []appointment // ordered by due
	timers   []*time.Timer // one per appointment
	procs    []*Proc       // that take part, except those killed by a crash
	effects  []faultInEffect
	clocks   map[sim.HostID]*sim.Clock // monotonic clocks that faults have touched
	waiting  map[sim.HostID]bool       // clients that have not recorded done
	buffers  []*holdBuffer             // what the network keeps for steps that are about to fire
	due      time.Duration             // when what the director does now was due, on the machine's clock
	applied  time.Duration             // when the fault that was applied last took effect
	undone   time.Duration             // until when the fault that was undone last was in effect
	pace     pace.Keeper
	closing  time.Duration // when the trial ended, on the machine's clock; clock.Never until then
	allDone  chan struct{}
}

var _ sim.World = (*World)(nil)

// NewWorld returns the world of a trial in this lab.
func NewWorld(lab *Lab, steps []sim.Step) *World {
	w := &World{
		lab: lab, steps: steps, chance: sim.NewRandom(lab.Seed, "faults"),
		trouble: make(chan error, 1), runOver: make(chan struct{}), allDone: make(chan struct{}),
		clocks: make(map[sim.HostID]*sim.Clock), zero: clock.Never, closing: clock.Never,
	}
	w.director = sim.NewDirector(w, steps)
	return w
}

// now returns the true time since the world started, or 0 before the start.
func (w *World) now() time.Duration { return w.since(clock.Now()) }

// since returns the true time at a moment of the machine's clock, or 0 before the start.
func (w *World) since(at time.Duration) time.Duration { return max(0, at-w.zero) }

// Hosts lists the lab's hosts in the order in which they were added.
func (w *World) Hosts() []sim.HostID { return w.lab.hosts() }

// roleLimit is how long a lock service may take to say who plays a part in it. The whole trial
// waits for the answer.
const roleLimit = 2 * time.Second

// Role asks the lock service which hosts play a part at this moment. It returns nil if there are
// none, or if the service does not answer in time.
func (w *World) Role(role sim.Role) []sim.HostID {
	if w.Who == nil {
		return nil
	}
	answer := make(chan []sim.HostID, 1)
	go func() { answer <- w.Who(role) }()
	late := time.NewTimer(roleLimit)
	defer late.Stop()
	select {
	case hosts := <-answer:
		return hosts
	case <-late.C:
		return nil
	}
}

// Draw returns the next number of the random stream of faults.
func (w *World) Draw() uint64 { return w.chance.Uint64() }

// RecordFault adds an event of the world itself to the history. Between the stamps of "applied"
// and "undone" the fault is in effect without a gap, and none of its effects is stamped before
// or after them: see effect.
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

// put adds an event to the history. If there are far too many, the trial ends with an error. The
// caller holds mu.
func (w *World) put(e sim.Event) {
	if len(w.events) < sim.MaxEvents {
		w.events = append(w.events, e)
		return
	}
	select {
	case w.trouble <- fmt.Errorf("it was cut at %v, with %d events: that is far more than any trial does that can be judged", w.now(), len(w.events)):
	default: // other trouble has been reported already
	}
}

// take adds an event of a process to the history, shows it to the director, and then lets the
// process continue if it waits for that. A process that was stopped meanwhile reads the order
// when it is continued.
func (w *World) take(p *Proc, r protocol.Report) {
	if r.Say == protocol.Sending {
		w.keepFor(p, r.Event.Kind)
		return
	}
	if r.Say == protocol.Pulse {
		w.woke(p.host, r.At, *r.Beat)
		return
	}
	e := *r.Event
	if e.Host == "" || !p.helper { // an observer may watch several hosts and name one of them
		e.Host = p.host
	}
	w.mu.Lock()
	early := r.At < w.zero
	e.At = max(0, r.At-w.zero)
	w.put(e)
	if !w.over && !early && !p.crashed.Load() { // a dead process no longer takes part
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
		p.talk.Tell(protocol.Order{Do: protocol.GoOn}) // if that fails, so does the end of the trial
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
	w.over, w.closing = true, min(w.closing, clock.Now())
	for _, t := range w.timers {
		t.Stop()
	}
	for len(w.buffers) > 0 {
		w.end(w.buffers[0])
	}
}

var errRunTwice = errors.New("run the world: a world runs once; make a new lab and world for another trial")
