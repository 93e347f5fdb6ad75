//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/process"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

// outputDelay is how long a process's descendants may keep its output open after it has ended.
const outputDelay = 500 * time.Millisecond

// Proc is a process on a host.
type Proc struct {
	name    string
	host    sim.HostID
	helper  bool
	cmd     *exec.Cmd
	output  process.Tail
	done    chan struct{}
	crashed atomic.Bool            // a crash of its host has killed it
	ended   error                  // how it ended; set before done is closed
	talk    *protocol.Conversation // nil if it is not a duty
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
		err = errors.Join(err, p.talk.Close())
	}
	p.ended = err
	close(p.done)
}

// endedWell reports whether an ended process was a duty that completed its job. p.done must be
// closed.
func (p *Proc) endedWell() bool { return p.talk != nil && p.ended == nil && p.talk.SaidBye() }

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

// lastWords returns the end of what the process has printed, for people: the last lines without
// stack traces, which programs in Go and Java print at length. The traces of a duty are kept, as
// it is part of this program.
func (p *Proc) lastWords() string {
	said := strings.TrimSpace(p.Output())
	if p.talk != nil {
		return said
	}
	return process.LastWords(said)
}

// AwaitReady waits until the duty has called Ready. It fails if ctx ends, or if the process ends
// first; the error then quotes the end of its output.
func (p *Proc) AwaitReady(ctx context.Context) error {
	if p.talk == nil {
		return fmt.Errorf("%s is not a duty: ask the program itself whether it is ready", p)
	}
	select {
	case <-p.talk.Ready():
		return nil
	default:
	}
	select {
	case <-p.talk.Ready():
		return nil
	case <-p.done:
		return p.fate()
	case <-ctx.Done():
		return fmt.Errorf("wait until %s is ready: %w; it last printed: %q", p, context.Cause(ctx), p.Output())
	}
}

// askAgain is the pause between two attempts of Await.
const askAgain = 10 * time.Millisecond

type noUse struct{ error }

// NoUse wraps err to tell Await that trying again is useless.
func NoUse(err error) error { return noUse{err} }

// Await calls f, which asks a server something, until f returns nil. It fails if one of the
// processes has ended, quoting the end of its output; if f returns NoUse; or if ctx has ended,
// with f's last error. what precedes the error: "start etcd".
func Await(ctx context.Context, what string, processes []*Proc, f func() error) error {
	for {
		err := f()
		if err == nil {
			return nil
		}
		if end, ok := errors.AsType[noUse](err); ok {
			return fmt.Errorf("%s: %w", what, end.error)
		}
		for _, p := range processes {
			if closed(p.done) {
				return fmt.Errorf("%s ended before it answered; it printed:\n%s", p, p.lastWords())
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w (last: %w)", what, context.Cause(ctx), err)
		case <-time.After(askAgain):
		}
	}
}
