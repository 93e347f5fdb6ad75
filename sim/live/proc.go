//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim"
)

// outputDelay is how long a process's descendants may keep its output open after it has ended.
const outputDelay = 500 * time.Millisecond

// Proc is a process on a host.
type Proc struct {
	name    string
	host    sim.HostID
	helper  bool
	cmd     *exec.Cmd
	output  tail
	done    chan struct{}
	crashed atomic.Bool // a crash of its host has killed it
	ended   error       // how it ended; set before done is closed
	talk    *talk       // nil if it is not a role
}

// Name returns the name under which the process was started.
func (p *Proc) Name() string { return p.name }

// Host returns the host it runs on.
func (p *Proc) Host() sim.HostID { return p.host }

// Pid returns its process id, as the harness sees it.
func (p *Proc) Pid() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Proc) Done() <-chan struct{} { return p.done }

// Output returns the end of what the process has printed on standard output and standard error.
func (p *Proc) Output() string { return p.output.String() }

func (p *Proc) String() string {
	return fmt.Sprintf("%s on host %s (pid %d)", p.name, p.host, p.Pid())
}

// watch waits for the end of the process and for the rest of its output and reports.
func (p *Proc) watch() {
	err := p.cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // the process itself succeeded; its output was not closed in time
	}
	if p.talk != nil {
		<-p.talk.over
		p.talk.orders.Close()
		err = errors.Join(err, p.talk.garbled)
	}
	p.ended = err
	close(p.done)
}

// endedWell reports whether an ended process was a role that completed its job. p.done must be
// closed.
func (p *Proc) endedWell() bool { return p.talk != nil && p.ended == nil && closed(p.talk.bye) }

// fate describes how a process ended that should not have ended. p.done must be closed.
func (p *Proc) fate() error {
	how := "exit status 0"
	if p.ended != nil {
		how = p.ended.Error()
	}
	said := p.lastWords()
	if said == "" {
		return fmt.Errorf("%s ended unexpectedly: %s; it printed nothing", p, how)
	}
	return fmt.Errorf("%s ended unexpectedly: %s; it last printed:\n%s", p, how, said)
}

// AwaitReady waits until the role has called Ready. It fails if ctx ends, or if the process ends
// first; the error then quotes the end of its output.
func (p *Proc) AwaitReady(ctx context.Context) error {
	if p.talk == nil {
		return fmt.Errorf("%s is not a role: ask the program itself whether it is ready", p)
	}
	select {
	case <-p.talk.ready:
		return nil
	default:
	}
	select {
	case <-p.talk.ready:
		return nil
	case <-p.done:
		return p.fate()
	case <-ctx.Done():
		return fmt.Errorf("wait until %s is ready: %w; it last printed: %q", p, context.Cause(ctx), p.Output())
	}
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// tailSize is how much of a process's output is kept, in bytes: a Go program that crashes prints
// the reason before the stacks of all its goroutines.
const tailSize = 64 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
