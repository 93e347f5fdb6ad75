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
	lab    *Lab
	steps  []sim.Step
	chance *sim.Random // what faults draw from

	mu       sync.Mutex // held by whoever talks to the director
	director *sim.Director
	zero     time.Duration // time zero on the machine's clock
	over     bool
	events   []sim.Event
	timers   []*time.Timer
	waiting  map[sim.HostID]bool // clients that have not recorded done
	undoing  time.Duration       // when the fault that is being undone ceased to be in effect for sure
	allDone  chan struct{}
}

var _ sim.World = (*World)(nil)

// NewWorld makes the world of a trial in this lab.
func NewWorld(lab *Lab, steps []sim.Step) *World {
	w := &World{lab: lab, steps: steps, chance: sim.NewRandom(lab.Seed, "faults"), allDone: make(chan struct{})}
	w.director = sim.NewDirector(w, steps)
	return w
}

// now is the true time since the world started, 0 just before.
func (w *World) now() time.Duration { return max(0, machineClock()-w.zero) }

// Can says why the live world cannot do faults of this kind; nil: it can.
func (w *World) Can(kind sim.FaultKind) error { return Can(kind) }

// Can says why no live world can do faults of this kind; nil: it can.
func Can(kind sim.FaultKind) error {
	if kind == sim.Pause {
		return nil
	}
	return fmt.Errorf("the live world cannot do the fault %s yet", kind)
}

// Await calls f at once: no fault that this world can do has to wait for its moment.
func (w *World) Await(_ sim.Fault, f func()) { f() }

// Hosts lists the lab's hosts, in the order in which they were added.
func (w *World) Hosts() []sim.HostID { return w.lab.hosts() }

// Role is nobody: the live world does not ask lock services who plays which part yet.
func (w *World) Role(sim.Role) []sim.HostID { return nil }

// Draw gives the next number of the stream that faults draw from.
func (w *World) Draw() uint64 { return w.chance.Uint64() }

func (w *World) target(f sim.Fault) (*Agent, error) {
	if err := w.Can(f.Kind); err != nil {
		return nil, err
	}
	a := w.lab.Agent(f.Host)
	if a == nil {
		return nil, fmt.Errorf("there is no host %s in this trial", f.Host)
	}
	return a, nil
}

// Apply does the fault and returns once it is in effect.
func (w *World) Apply(f sim.Fault) error {
	a, err := w.target(f)
	if err != nil {
		return err
	}
	return a.Pause()
}

// Probe looks whether the fault is in effect.
func (w *World) Probe(f sim.Fault) error {
	a, err := w.target(f)
	if err != nil {
		return err
	}
	return a.Paused()
}

// Undo ends the fault.
func (w *World) Undo(f sim.Fault) error {
	a, err := w.target(f)
	if err != nil {
		return err
	}
	w.undoing = w.now()
	return a.Resume()
}

// After calls f once d of true time has passed, unless the trial is over.
func (w *World) After(d time.Duration, f func()) {
	due := w.zero + w.now() + d
	w.timers = append(w.timers, time.AfterFunc(due-machineClock(), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.over {
			f()
		}
	}))
}

// RecordFault puts an event of the world itself into the history. Between the stamps of
// "applied" and "undone" the fault is in effect without a gap: the first is taken when it
// is already, the second when it still is.
func (w *World) RecordFault(e sim.Event) {
	e.At = w.now()
	if e.Kind == sim.FaultUndone {
		e.At = w.undoing
	}
	w.events = append(w.events, e)
}

// take puts an event of a process into the history, lets the director see it, and lets
// the process go on if it waits for that: a process that has been stopped meanwhile reads
// the order when it is continued.
func (w *World) take(p *Proc, r report) {
	e := *r.Event
	e.Host = p.host
	w.mu.Lock()
	early := r.At < w.zero
	e.At = max(0, r.At-w.zero)
	w.events = append(w.events, e)
	if !w.over && !early {
		w.director.Observe(e)
	}
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
	w.over = true
	for _, t := range w.timers {
		t.Stop()
	}
}

var errRunTwice = errors.New("run the world: a world runs once; make a new lab and world for another trial")
