//go:build linux

package process

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// stopLimit is how long Stop waits until the kernel has stopped every thread. It takes less than a
// millisecond unless a thread is in the middle of a disk access.
const stopLimit = time.Second

var errInKernel = errors.New("is in state D (waits in the kernel), expected T (stopped)")

// signalAll signals processes and ignores those that have ended.
func signalAll(pids []int, s unix.Signal) {
	for _, pid := range pids {
		unix.Kill(pid, s)
	}
}

// Stop stops the processes that list returns, each time it is asked, with SIGSTOP, and returns once
// all of them are proven to be stopped. ok, if set, is called with the stopped processes. While it
// returns an error, they are continued for a moment and stopped again, unless they are stopped for
// another reason as well: then first is false. If Stop fails, some may be stopped.
func Stop(list func() ([]int, error), first bool, ok func(pids []int) error) error {
	// SIGSTOP takes effect some time after kill returns, and until then a process may fork. If
	// two passes find the same processes, all stopped, none was missed.
	var before []int
	return clock.Poll(stopLimit, func() error {
		pids, err := list()
		if err != nil {
			return err
		}
		signalAll(pids, unix.SIGSTOP)
		known := slices.Equal(pids, before)
		before = pids
		if err := Stopped(pids); err != nil {
			if errors.Is(err, errInKernel) && first {
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
		if err = ok(pids); err != nil && first {
			signalAll(pids, unix.SIGCONT)
		}
		return err
	})
}

// Continue continues stopped processes with SIGCONT.
func Continue(pids []int) error {
	for _, pid := range pids {
		if err := unix.Kill(pid, unix.SIGCONT); err != nil && err != unix.ESRCH {
			return fmt.Errorf("send SIGCONT to pid %d: %w", pid, err)
		}
	}
	return nil
}

// Stopped returns nil if every thread of these processes is stopped. Otherwise the error names one
// that is not.
func Stopped(pids []int) error {
	alive := 0
	for _, pid := range pids {
		for _, thread := range Threads(pid) {
			s, err := readStat(thread + "/stat")
			switch {
			case Gone(err):
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
		return ErrNone
	}
	return nil
}
