// Package virtual is one of the two worlds: a deterministic simulation of hosts, clocks and a
// network in virtual time. The same seed gives the same history, byte for byte, on any machine
// and with any number of processors.
//
// A World uses no global state. It runs on the goroutine that calls Run; worlds of different
// seeds may run side by side.
package virtual

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// World is a set of hosts, what will happen to them, and what has happened. It implements
// sim.World.
type World struct {
	seed      uint64
	now       time.Duration // true time
	queue     queue         // of what is due later
	soon      soon          // of what is due now
	hosts     []*Host
	links     [][]*link // [from][to]
	processes []*process
	idle      []*coroutine // have no process to run
	packets   []*packet    // have arrived and can be used again
	calls     []*Call      // have been answered and can be used again
	ended     []*process   // have ended and can be used again
	running   *process     // nil between processes
	director  *sim.Director
	effects   []effect    // the faults in effect
	chance    *sim.Random // the random stream of faults
	roles     func(role string) []sim.HostID
	events    []sim.Event
	recorded  bool          // messages are recorded
	traces    [][]trace     // of messages, in the order of sending
	full      bool          // sim.MaxMessages was exceeded
	fullAt    time.Duration // true time at which it was
	over      bool
	why       string

	// Interrupted, if set, is called from time to time. An error ends the run with that error.
	Interrupted func() error
}

// usualEvents is the number of events for which a world makes room at once. Most trials have fewer.
const usualEvents = 128

// New returns an empty world. Everything random in it follows from the seed.
func New(seed uint64) *World {
	return &World{seed: seed, chance: sim.NewRandom(seed, "faults"), events: make([]sim.Event, 0, usualEvents)}
}

// AddHost adds a host. Its monotonic clock shows zero and its wall clock the Epoch.
func (w *World) AddHost(id sim.HostID) *Host {
	h := &Host{
		id: id, world: w, index: len(w.hosts),
		random: sim.NewRandom(w.seed, "host "+string(id)),
		mono:   hostClock{base: sim.TrueRate}, wall: hostClock{base: sim.TrueRate},
	}
	w.hosts = append(w.hosts, h)
	w.links = append(w.links, nil)
	return h
}

// Host returns the host with this name, which must exist.
func (w *World) Host(id sim.HostID) *Host {
	for _, h := range w.hosts {
		if h.id == id {
			return h
		}
	}
	panic(fmt.Sprintf("no host %q in this world", id))
}

// Direct sets the steps of the script. Call it before Run.
func (w *World) Direct(steps []sim.Step) { w.director = sim.NewDirector(w, steps) }

// Faults lists the faults of the steps, for the header of the history.
func (w *World) Faults() []sim.Fault {
	if w.director == nil {
		return nil
	}
	return w.director.Faults()
}

// Now returns the current true time.
func (w *World) Now() time.Duration { return w.now }

// Events returns what has happened so far, in order. The world continues to use the slice.
func (w *World) Events() []sim.Event { return w.events }

// Clock returns the monotonic clock of a host, for sim.Finish.
func (w *World) Clock(id sim.HostID) *sim.Clock { return &w.Host(id).mono.Clock }

// Bounds of what may happen, besides sim.MaxEvents. A trial does a few dozen things at one
// instant, and some ten thousand in all. Far more means a loop, or would exhaust memory.
const (
	maxPerInstant = 1_000_000
	maxInAll      = 10_000_000
	askAfter      = 4096 // number of steps between calls of Interrupted
)

// Run runs the world until Stop is called, the time is up, or nothing is left to happen. It
// records the End event. It returns an error only if it was interrupted, or a *Runaway if far
// too much happens. Call Close afterwards.
func (w *World) Run(until time.Duration) error {
	if w.director != nil {
		w.director.Start()
	}
	instant := 0
	for done := 1; !w.over; done++ {
		t, at := w.next(until)
		if at > until {
			w.now = until
			w.Stop(sim.TimeUp)
			break
		}
		if t == nil {
			w.Stop("nothing is left that could happen")
			break
		}
		if instant++; at > w.now {
			instant = 0
		} else if instant > maxPerInstant {
			return w.runaway("time does not go on: some process waits for nothing")
		}
		if err := w.mayGoOn(done, until); err != nil {
			return err
		}
		w.now = at
		w.happen(t)
	}
	w.record(sim.Event{Kind: sim.End, Note: w.why})
	return nil
}

// mayGoOn returns an error if the run must end early. done counts the things that have happened.
func (w *World) mayGoOn(done int, until time.Duration) error {
	if done%askAfter == 0 && w.Interrupted != nil {
		if err := w.Interrupted(); err != nil {
			return err
		}
	}
	if done <= maxInAll && len(w.events) <= sim.MaxEvents {
		return nil
	}
	return w.runaway(fmt.Sprintf("that is far more than any trial does that can be judged, and it was to last until %v; "+
		"make it shorter, or look for a time-out, a retry or a step that comes far too often", until))
}

// Runaway is the error for a trial in which far too much happens. Other trials can still be run.
type Runaway struct {
	At     time.Duration // true time at which the trial was cut off
	Events int           // recorded by then
	Why    string
}

func (e *Runaway) Error() string {
	return fmt.Sprintf("it was cut at %v, with %d events: %s", e.At, e.Events, e.Why)
}

func (w *World) runaway(why string) error { return &Runaway{w.now, len(w.events), why} }

// happen runs a timer, or keeps it for later if its host is paused.
func (w *World) happen(t *timer) {
	if t.host != nil && t.host.paused > 0 {
		t.place = waiting
		t.host.backlog = append(t.host.backlog, t)
		return
	}
	if t.proc != nil {
		w.wake(t.proc)
		return
	}
	t.fire()
}

// fire runs what the timer has to run outside any process.
func (t *timer) fire() {
	defer endIfKilled()
	switch {
	case t.holds != nil:
		t.holds.arrive()
	case t.awaits != nil:
		t.awaits.given = true
	default:
		t.run()
	}
}

// endIfKilled is deferred by code outside any process. If its host crashes in the middle, the code
// ends right there; see Host.Record.
func endIfKilled() {
	if r := recover(); r != nil && r != any(errKilled) {
		panic(r)
	}
}

// Stop ends the run after the current event. why goes into the End event.
func (w *World) Stop(why string) {
	if !w.over {
		w.over, w.why = true, why
	}
}

// Close kills every process that is still parked. Their deferred calls run.
func (w *World) Close() {
	w.over = true
	for len(w.processes) > 0 {
		w.kill(w.processes[len(w.processes)-1])
	}
	for _, c := range w.idle {
		c.stop()
	}
	w.idle = nil
}

// record adds an event to the history.
func (w *World) record(e sim.Event) {
	e.At = w.now
	w.events = append(w.events, e)
}

// observe shows an event to the director, after it was added to the history.
func (w *World) observe(e sim.Event) {
	if w.director != nil {
		w.director.Observe(e)
	}
}
