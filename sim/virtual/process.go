package virtual

import (
	"errors"
	"fmt"
	"iter"

	"github.com/locklab/locklab/sim"
)

// process is code that runs on a host as a coroutine: it runs until it blocks, then the kernel
// proceeds with the next event. A switch costs a fraction of a channel operation, and no two
// processes of a world ever run at once.
type process struct {
	name  string
	host  *Host
	timer timer // wakes it
	slot  int   // index in world.processes
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// errKilled unwinds a process that is killed while it is parked.
var errKilled = errors.New("process killed")

// Go starts another process on this host. It runs once the current event is over.
func (h *Host) Go(name string, f func(sim.Host)) {
	w := h.world
	p := &process{name: name, host: h, slot: len(w.processes)}
	p.timer = timer{place: nowhere, host: h, proc: p}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		defer func() {
			if r := recover(); r != nil && r != any(errKilled) {
				panic(r)
			}
		}()
		f(h)
	})
	w.processes = append(w.processes, p)
	w.schedule(&p.timer, w.now)
}

// wake runs p until it blocks or ends.
func (w *World) wake(p *process) {
	w.running = p
	_, parked := p.next()
	w.running = nil
	if !parked {
		w.drop(p)
	}
}

// park releases the host until the process is woken.
func (p *process) park() {
	if !p.yield(struct{}{}) {
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
	killer := w.running
	w.running = p
	p.stop()
	w.running = killer
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
