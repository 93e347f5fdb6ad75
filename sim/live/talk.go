//go:build linux

package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// StartRole starts a role on the host: this same binary, as a separate process in which
// live.RoleMain runs the role of this name with spec as JSON. The process is part of the host: a
// fault that stops the host stops it, and after a crash it is started again from the beginning.
// The client of a host draws its random numbers from the host's own stream, and from a different
// one after each crash.
func (a *Agent) StartRole(role string, spec any, options ...StartOption) (*Proc, error) {
	return a.launchRole(role, spec, false, options)
}

// StartHelper starts a role that runs on the host but is not part of it, such as an observer.
// Faults on the host do not affect it. It must not start processes.
func (a *Agent) StartHelper(role string, spec any) (*Proc, error) {
	return a.launchRole(role, spec, true, nil)
}

func (a *Agent) launchRole(role string, spec any, helper bool, options []StartOption) (*Proc, error) {
	encoded, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("start role %s on host %s: encode what it is told: %w", role, a.id, err)
	}
	r := &recipe{
		name: role, helper: helper, role: encoded,
		path: "/proc/self/exe",
		argv: []string{"locklab-" + role, string(a.id)}, // for people who look at the process list
		env:  append(cleanEnv(), roleVar+"="+role),
	}
	for _, o := range options {
		o(r)
	}
	return a.launch(r)
}

// startTalking starts the process of a role and begins the conversation. The caller holds mu.
func (a *Agent) startTalking(p *Proc, r *recipe) error {
	ordersOut, orders, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ordersOut.Close()
	reports, reportsIn, err := os.Pipe()
	if err != nil {
		orders.Close()
		return err
	}
	defer reportsIn.Close()
	p.cmd.ExtraFiles = []*os.File{ordersOut, reportsIn} // become ordersFd and reportsFd
	p.talk = newTalk(orders)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	if err := a.start(p, a.net.in); err != nil {
		orders.Close()
		reports.Close()
		return err
	}
	go p.talk.hear(reports, p.cmd.Process)
	stream := string(a.id)
	if r.helper {
		stream += "/" + r.name
	}
	if r.lives > 1 { // it must not repeat what it drew before the crash
		stream += fmt.Sprint("/life-", r.lives)
	}
	return p.talk.tell(order{Do: begin, Host: a.id, Stream: stream, Seed: a.lab.Seed, Nonce: a.lab.Nonce, Spec: r.role, Shift: a.shift.Monotonic})
}

// talk is the harness's side of the conversation with a role's process.
//
// Events go through an inbox to the listener, so that answers to questions are still heard while
// the listener is busy with an event.
type talk struct {
	orders    *os.File
	ready     chan struct{} // closed when it is ready
	bye       chan struct{} // closed when it has sent everything
	ended     chan struct{} // closed when the pipe has ended
	over      chan struct{} // closed when the pipe has ended and the listener, if any, has heard everything
	delivered chan struct{} // the same, but never closed without a listener
	garbled   error         // set before over is closed, if it sent something other than a report

	telling sync.Mutex // one order at a time

	asking  sync.Mutex   // one question at a time
	asked   int          // number of questions so far
	answers chan reading // to the last question, or to one that nobody waits for any more

	hearing sync.Mutex
	news    *sync.Cond   // something below has changed
	inbox   []report     // events not yet delivered
	listen  func(report) // nil until somebody listens
}

func newTalk(orders *os.File) *talk {
	t := &talk{
		orders: orders,
		ready:  make(chan struct{}), bye: make(chan struct{}),
		ended: make(chan struct{}), over: make(chan struct{}), delivered: make(chan struct{}),
		answers: make(chan reading, 1),
	}
	t.news = sync.NewCond(&t.hearing)
	return t
}

// hear reads the process's reports until the end of the pipe.
func (t *talk) hear(reports *os.File, process *os.Process) {
	defer t.end()
	defer reports.Close()
	dec := json.NewDecoder(reports)
	for {
		var r report
		err := dec.Decode(&r)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return // the process has ended, perhaps in mid-line
		case err == nil && t.heard(r):
		default:
			t.garbled = fmt.Errorf("it sent what is not a report (%+v, %v); does something else write to file descriptor %d?", r, err, reportsFd)
			process.Kill() // it cannot be trusted
			return
		}
	}
}

// heard handles a report. It returns false if the report is invalid or not allowed at this
// point.
func (t *talk) heard(r report) bool {
	switch r.Say {
	case ready:
		if closed(t.ready) {
			return false
		}
		close(t.ready)
	case bye:
		if closed(t.bye) {
			return false
		}
		close(t.bye)
	case event, sending:
		if r.Event == nil {
			return false
		}
		t.take(r)
	case pulseBeat:
		if r.Beat == nil {
			return false
		}
		t.take(r)
	case clocks:
		if r.Clocks == nil {
			return false
		}
		select {
		case <-t.answers: // an answer that nobody waited for
		default:
		}
		t.answers <- *r.Clocks
	default:
		return false
	}
	return true
}

func (t *talk) take(r report) {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	t.inbox = append(t.inbox, r)
	t.news.Signal()
}

// end handles the end of the pipe.
func (t *talk) end() {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	close(t.ended)
	t.news.Signal()
	if t.listen == nil {
		close(t.over)
	}
}

// listenWith makes a goroutine of its own call f with all events, from the first one on, one at
// a time.
func (t *talk) listenWith(f func(report)) {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	if t.listen == nil {
		go t.deliver()
	}
	t.listen = f
}

// nobody is a listener that ignores events.
func nobody(report) {}

// deliver delivers events until the last one.
func (t *talk) deliver() {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	for {
		for len(t.inbox) == 0 && !closed(t.ended) {
			t.news.Wait()
		}
		if len(t.inbox) == 0 {
			close(t.delivered)
			if !closed(t.over) {
				close(t.over)
			}
			t.listen = nobody // so that the listener is not kept alive
			return
		}
		r, f := t.inbox[0], t.listen
		t.inbox = t.inbox[1:]
		t.hearing.Unlock()
		f(r)
		t.hearing.Lock()
	}
}

// tell sends an order. It is no error if the process has ended: those who wait for its done will
// find out how it ended.
func (t *talk) tell(o order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode an order: %w", err)
	}
	t.telling.Lock()
	defer t.telling.Unlock()
	_, err = t.orders.Write(append(line, '\n'))
	if errors.Is(err, unix.EPIPE) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// closed reports whether a channel that carries no values has been closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
