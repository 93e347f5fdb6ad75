package virtual

import (
	"errors"
	"fmt"
	"iter"

	"github.com/locklab/locklab/sim"
)

// process is code that runs on a host: it runs until it blocks, then the kernel proceeds with the
// next event. No two processes of a world ever run at once.
type process struct {
	name  string
	host  *Host
	code  func(sim.Host)
	timer timer // wakes it
	slot  int   // index in world.processes
	runs  *coroutine
	ended bool
}

// coroutine runs one process after the other. A switch costs a fraction of a channel operation.
// Making a coroutine costs more than most processes do, so it is used again when its process has
// ended.
type coroutine struct {
	process *process
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
}

// errKilled unwinds a process that is killed while it is parked.
var errKilled = errors.New("process killed")

// Go starts another process on this host. It runs once the current event is over.
func (h *Host) Go(name string, f func(sim.Host)) {
	w := h.world
	var p *process
	if last := len(w.ended) - 1; last >= 0 {
		p, w.ended = w.ended[last], w.ended[:last]
	} else {
		p = &process{}
	}
	*p = process{name: name, host: h, code: f, slot: len(w.processes)}
	p.timer = timer{place: nowhere, host: h, proc: p}
	w.processes = append(w.processes, p)
	w.schedule(&p.timer, w.now)
}

// wake runs p until it blocks or ends.
func (w *World) wake(p *process) {
	if p.runs == nil {
		p.runs = w.coroutineFor(p)
	}
	w.running = p
	p.runs.next()
	w.running = nil
	if p.ended {
		w.drop(p)
		p.runs.process = nil
		w.idle = append(w.idle, p.runs)
		w.ended = append(w.ended, p) // nobody knows it any more: unlike one that is killed, it waited for nothing
	}
}

// coroutineFor returns a coroutine that will run p.
func (w *World) coroutineFor(p *process) *coroutine {
	if last := len(w.idle) - 1; last >= 0 {
		c := w.idle[last]
		w.idle = w.idle[:last]
		c.process = p
		return c
	}
	c := &coroutine{process: p}
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		c.yield = yield
		for more := true; more; more = yield(struct{}{}) {
			if c.process.run(); c.process == nil {
				return // it was killed
			}
		}
	})
	return c
}

// run runs the process's code to its end, or until it is killed.
func (p *process) run() {
	defer func() {
		p.ended = true
		if r := recover(); r != nil && r != any(errKilled) {
			panic(r)
		}
	}()
	p.code(p.host)
}

// park releases the host until the process is woken.
func (p *process) park() {
	if !p.runs.yield(struct{}{}) {
		panic(errKilled)
	}
}

// drop forgets a process that has ended.
func (w *World) drop(p *process) {
	w.cancel(&p.timer)
	last := w.processes[len(w.processes)-1]
	w.processes[p.slot], last.slot = last, p.slot
	w.processes[len(w.processes)-1] = nil
	w.processes = w.processes[:len(w.processes)-1]
}

// kill ends a parked process: its deferred calls run, nothing else does.
func (w *World) kill(p *process) {
	if p.runs != nil {
		killer := w.running
		w.running = p
		p.runs.process = nil
		p.runs.stop()
		w.running = killer
	}
	p.ended = true
	w.drop(p)
}

// current returns the process that is running on h. what names the operation, for the panic if
// there is none.
func (h *Host) current(what string) *process {
	p := h.world.running
	if p == nil || p.host != h {
		panic(fmt.Sprintf("%s on %s outside a process of that host: start one with Go", what, h.id))
	}
	return p
}
