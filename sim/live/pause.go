//go:build linux

package live

import (
	"errors"
	"fmt"

	"github.com/locklab/locklab/sim/live/internal/process"
)

var (
	errLabClosed = errors.New("the lab is closed")
	errPaused    = errors.New("the host is paused")
	errDown      = errors.New("the host is down")
)

// Pause stops every process of the host with SIGSTOP, including children forked by servers, and
// returns once all of them are proven to be stopped. Helpers keep running. If that fails, the
// processes continue, and the error names one that would not stop. A host that was stopped
// several times continues when all of these stops have been undone.
func (a *Agent) Pause() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.stop(nil); err != nil {
		return fmt.Errorf("pause host %s: %w", a.id, err)
	}
	return nil
}

// stop stops the host once more. ok, if set, is called with the stopped processes. While it
// returns an error, they are continued for a moment and stopped again. The caller holds mu.
func (a *Agent) stop(ok func(pids []int) error) error {
	switch {
	case a.closed:
		return errLabClosed
	case a.down():
		return errDown
	}
	if pids, err := a.stoppable(); err != nil || len(pids) == 0 {
		return errors.Join(err, process.ErrNone)
	}
	a.stops++
	if err := process.Stop(a.stoppable, a.stops == 1, ok); err != nil {
		return errors.Join(err, a.goOn())
	}
	return nil
}

// Resume ends a pause with SIGCONT.
func (a *Agent) Resume() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.goOn(); err != nil {
		return fmt.Errorf("resume host %s: %w", a.id, err)
	}
	return nil
}

// goOn undoes one stop. The caller holds mu.
func (a *Agent) goOn() error {
	if a.stops == 0 {
		return errors.New("it is not stopped")
	}
	if a.stops--; a.stops > 0 {
		return nil
	}
	pids, err := a.stoppable()
	if err != nil {
		return err
	}
	return process.Continue(pids)
}

// Paused checks whether the host is paused at this moment: nil means that it has processes and
// that, according to the kernel, every thread of each of them is stopped. Otherwise the error
// names one that is not.
func (a *Agent) Paused() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	pids, err := a.stoppable()
	if err == nil {
		err = process.Stopped(pids)
	}
	if err != nil {
		return fmt.Errorf("host %s is not paused: %w", a.id, err)
	}
	return nil
}

// isPaused reports whether the host has been paused and not resumed.
func (a *Agent) isPaused() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stops > 0
}
