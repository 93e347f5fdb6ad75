//go:build linux

package live

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/process"
	"github.com/locklab/locklab/sim/live/vdso"
)

var errBackwards = errors.New("a monotonic clock cannot be set back under a process that has seen the later time")

// StepWall moves the wall clock of every process of the host by d, including processes started
// later. It returns the machine's clock at that moment. Helpers keep the machine's time.
func (a *Agent) StepWall(d time.Duration) (at time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.shift
	s.Wall += d
	return a.shiftAll(s)
}

// StepMonotonic moves the monotonic clock of every process of the host by d, which must not be
// negative. It returns the machine's clock at that moment.
func (a *Agent) StepMonotonic(d time.Duration) (at time.Duration, err error) {
	if d < 0 {
		return 0, fmt.Errorf("step the monotonic clock of host %s by %v: %w", a.id, d, errBackwards)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.shift
	s.Monotonic += d
	s.Boot += d
	return a.shiftAll(s)
}

// inhabited returns nil if there is a process on which a shifted clock can be observed, or if
// there is none because the host is down.
func (a *Agent) inhabited() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	pids, err := a.stoppable()
	if err == nil && len(pids) == 0 && !a.down() {
		err = fmt.Errorf("shift the clocks of host %s: %w", a.id, process.ErrNone)
	}
	return err
}

// shiftAll sets the shift of the clocks of all processes. It stops them for about a millisecond,
// so that none sees a partial change. at is a moment, on the machine's clock, while they were
// stopped: before it they have seen the old time, after it they see the new one. The caller
// holds mu.
func (a *Agent) shiftAll(s vdso.Shift) (at time.Duration, err error) {
	about := func(err error) (time.Duration, error) {
		return 0, fmt.Errorf("shift the clocks of host %s: %w", a.id, err)
	}
	if err := vdso.Patchable(); err != nil {
		return about(err)
	}
	if pids, err := a.stoppable(); err == nil && len(pids) == 0 {
		a.shift = s // it applies to processes started later
		return clock.Now(), nil
	}
	if a.stops > 0 {
		pids, err := a.stoppable()
		if err == nil {
			err = vdso.ClearOfEntries(pids)
		}
		at = clock.Now()
		if err == nil {
			err = a.shiftStopped(s)
		}
		if err != nil {
			return about(err)
		}
		return at, nil
	}
	if err := a.stop(vdso.ClearOfEntries); err != nil {
		return about(err)
	}
	at = clock.Now()
	if err := errors.Join(a.shiftStopped(s), a.goOn()); err != nil {
		return about(err)
	}
	return at, nil
}

// shiftStopped shifts the clocks of processes that are stopped. If it fails for one of them, it
// undoes the shift of the others.
func (a *Agent) shiftStopped(s vdso.Shift) error {
	pids, err := a.stoppable()
	if err != nil {
		return err
	}
	for i, pid := range pids {
		err := vdso.Apply(pid, s)
		if err == nil || process.Gone(err) {
			continue
		}
		for _, done := range pids[:i] {
			if back := vdso.Apply(done, a.shift); back != nil && !process.Gone(back) {
				err = errors.Join(err, back)
			}
		}
		return err
	}
	a.shift = s
	return nil
}

// clocksShifted checks that the clocks of every process have the right shift, and returns how
// many processes it checked.
func (a *Agent) clocksShifted() (seen int, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	pids, err := a.stoppable()
	if err != nil {
		return 0, err
	}
	for _, pid := range pids {
		err := vdso.Applied(pid, a.shift)
		switch {
		case err == nil:
			seen++
		case !process.Gone(err):
			return seen, fmt.Errorf("host %s: %w", a.id, err)
		}
	}
	return seen, nil
}
