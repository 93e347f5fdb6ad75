//go:build linux

package live

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// stopLimit is how long Pause waits until the kernel has stopped every thread. It takes less
// than a millisecond unless a thread is in the middle of a disk access.
const stopLimit = time.Second

var (
	errLabClosed = errors.New("the lab is closed")
	errPaused    = errors.New("the host is paused")
	errDown      = errors.New("the host is down")
	errNoProcess = errors.New("no process runs on it")
	errInKernel  = errors.New("is in state D (waits in the kernel), expected T (stopped)")
)

// signalAll signals processes and ignores those that have ended.
func signalAll(pids []int, s unix.Signal) {
	for _, pid := range pids {
		unix.Kill(pid, s)
	}
}

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
		return errors.Join(err, errNoProcess)
	}
	a.stops++
	// SIGSTOP takes effect some time after kill returns, and until then a process may fork. If
	// two passes find the same processes, all stopped, none was missed.
	var before []int
	err := poll(stopLimit, func() error {
		pids, err := a.stoppable()
		if err != nil {
			return err
		}
		signalAll(pids, unix.SIGSTOP)
		known := slices.Equal(pids, before)
		before = pids
		if err := a.standStill(pids); err != nil {
			if errors.Is(err, errInKernel) && a.stops == 1 {
				// A process that forks with vfork waits in the kernel until its child runs its
				// program. If the child was stopped before that, both would wait forever: let
				// them get past that point, then stop them again.
				signalAll(pids, unix.SIGCONT)
			}
			return err
		}
		if !known {
			return errors.New("processes are being started faster than they can be stopped")
		}
		if ok == nil {
			return nil
		}
		if err = ok(pids); err != nil && a.stops == 1 {
			signalAll(pids, unix.SIGCONT)
		}
		return err
	})
	if err != nil {
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
	for _, pid := range pids {
		if err := unix.Kill(pid, unix.SIGCONT); err != nil && err != unix.ESRCH {
			return fmt.Errorf("send SIGCONT to pid %d: %w", pid, err)
		}
	}
	return nil
}

// Paused checks whether the host is paused at this moment: nil means that it has processes and
// that, according to the kernel, every thread of each of them is stopped. Otherwise the error
// names one that is not.
func (a *Agent) Paused() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	pids, err := a.stoppable()
	if err == nil {
		err = a.standStill(pids)
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

// standStill returns nil if every thread of these processes is stopped.
func (a *Agent) standStill(pids []int) error {
	alive := 0
	for _, pid := range pids {
		for _, thread := range threads(pid) {
			s, err := readStat(thread + "/stat")
			switch {
			case gone(err):
				continue // the thread has ended
			case err != nil:
				return err
			case s.state == 'Z' || s.state == 'X':
				continue
			case s.state == 'D':
				return fmt.Errorf("thread %s of %s (pid %d) %w", filepath.Base(thread), s.name, pid, errInKernel)
			case s.state != 'T':
				return fmt.Errorf("thread %s of %s (pid %d) is in state %c, expected T (stopped)", filepath.Base(thread), s.name, pid, s.state)
			}
			alive++
		}
	}
	if alive == 0 {
		return errNoProcess
	}
	return nil
}
