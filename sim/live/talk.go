//go:build linux

package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"golang.org/x/sys/unix"
)

// StartRole starts a role on the host: this same binary, as a process of its own, in
// which live.RoleMain runs the role of this name with spec as JSON. It is part of the
// host: a fault that stops the host stops it. The client of a host draws its random
// numbers from the host's own stream.
func (a *Agent) StartRole(role string, spec any) (*Proc, error) {
	return a.startRole(role, spec, string(a.id), false)
}

// StartHelper starts a role that sits on the host but is not part of it: an observer. A
// pause of the host does not stop it. It must not start processes.
func (a *Agent) StartHelper(role string, spec any) (*Proc, error) {
	return a.startRole(role, spec, string(a.id)+"/"+role, true)
}

func (a *Agent) startRole(role string, spec any, stream string, helper bool) (*Proc, error) {
	about := func(err error) error { return fmt.Errorf("start role %s on host %s: %w", role, a.id, err) }
	encoded, err := json.Marshal(spec)
	if err != nil {
		return nil, about(fmt.Errorf("encode what it is told: %w", err))
	}
	ordersOut, orders, err := os.Pipe()
	if err != nil {
		return nil, about(err)
	}
	defer ordersOut.Close()
	reports, reportsIn, err := os.Pipe()
	if err != nil {
		orders.Close()
		return nil, about(err)
	}
	defer reportsIn.Close()

	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{"locklab-" + role, string(a.id)} // for people who look at the process list
	cmd.Env = append(cleanEnv(), roleVar+"="+role)
	cmd.ExtraFiles = []*os.File{ordersOut, reportsIn} // become ordersFd and reportsFd
	t := &talk{orders: orders, ready: make(chan struct{}), bye: make(chan struct{}), over: make(chan struct{})}
	p := &Proc{name: role, host: a.id, helper: helper, cmd: cmd, talk: t}
	if err := a.start(p); err != nil {
		orders.Close()
		reports.Close()
		return nil, err
	}
	go t.hear(reports, cmd.Process)
	return p, t.tell(order{Do: begin, Host: a.id, Stream: stream, Seed: a.lab.Seed, Spec: encoded})
}

// talk is the harness's side of the conversation with a role process.
type talk struct {
	orders  *os.File
	ready   chan struct{} // closed: it is ready
	bye     chan struct{} // closed: it has sent everything
	over    chan struct{} // closed: the pipe has ended
	garbled error         // set before over is closed: what it sent was no report

	telling sync.Mutex // one order at a time

	hearing sync.Mutex
	listen  func(report) // nil: nobody listens yet
	backlog []report     // what was said until then
}

// hear reads the process's reports until the end of the pipe.
func (t *talk) hear(reports *os.File, process *os.Process) {
	defer close(t.over)
	defer reports.Close()
	dec := json.NewDecoder(reports)
	for {
		var r report
		err := dec.Decode(&r)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return // the process has ended, perhaps in mid-line
		case err == nil && r.Say == ready && !closed(t.ready):
			close(t.ready)
		case err == nil && r.Say == bye && !closed(t.bye):
			close(t.bye)
		case err == nil && r.Say == event && r.Event != nil:
			t.take(r)
		default:
			t.garbled = fmt.Errorf("it sent what is not a report (%+v, %v); does something else write to file descriptor %d?", r, err, reportsFd)
			process.Kill() // it cannot be relied on
			return
		}
	}
}

func (t *talk) take(r report) {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	if t.listen == nil {
		t.backlog = append(t.backlog, r)
		return
	}
	t.listen(r)
}

// listenWith has all events handed over, from the first one on, one at a time.
func (t *talk) listenWith(f func(report)) {
	t.hearing.Lock()
	defer t.hearing.Unlock()
	for _, r := range t.backlog {
		f(r)
	}
	t.backlog, t.listen = nil, f
}

// tell sends an order. That the process has ended is no error here: whoever waits for
// its done finds out how.
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

// closed tells whether a channel that carries nothing has been closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
