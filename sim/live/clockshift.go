//go:build linux

package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/locklab/locklab/sim/live/vdso"
	"golang.org/x/sys/unix"
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
		err = fmt.Errorf("shift the clocks of host %s: %w", a.id, errNoProcess)
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
	if err := ClockPatch(); err != nil {
		return about(err)
	}
	if pids, err := a.stoppable(); err == nil && len(pids) == 0 {
		a.shift = s // it applies to processes started later
		return machineClock(), nil
	}
	if a.stops > 0 {
		pids, err := a.stoppable()
		if err == nil {
			err = clearOfEntries(pids)
		}
		at = machineClock()
		if err == nil {
			err = a.shiftStopped(s)
		}
		if err != nil {
			return about(err)
		}
		return at, nil
	}
	if err := a.stop(clearOfEntries); err != nil {
		return about(err)
	}
	at = machineClock()
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
		if err == nil || gone(err) {
			continue
		}
		for _, done := range pids[:i] {
			if back := vdso.Apply(done, a.shift); back != nil && !gone(back) {
				err = errors.Join(err, back)
			}
		}
		return err
	}
	a.shift = s
	return nil
}

// gone reports whether an error means that the process has ended.
func gone(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH)
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
		case !gone(err):
			return seen, fmt.Errorf("host %s: %w", a.id, err)
		}
	}
	return seen, nil
}

// outsideVDSO returns nil if no thread of these stopped processes is inside its vDSO.
func outsideVDSO(pids []int) error {
	return noThreadAt(pids, func(int) bool { return true })
}

// clearOfEntries returns nil if no thread of these stopped processes is at an instruction that a
// step of a clock replaces. Threads may be elsewhere in the vDSO: they finish with the code they
// began with, since all of that stays in place.
func clearOfEntries(pids []int) error {
	v, err := vdso.Kernel()
	if err != nil {
		return err
	}
	return noThreadAt(pids, func(offset int) bool {
		for _, e := range v.Entries {
			if offset >= e.At && offset < e.At+vdso.JumpSize {
				return true
			}
		}
		return false
	})
}

// noThreadAt returns nil if no thread of these stopped processes is at an offset of its vDSO for
// which certain is true.
func noThreadAt(pids []int, certain func(offset int) bool) error {
	for _, pid := range pids {
		low, high, err := vdso.Range(strconv.Itoa(pid))
		if gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		for _, thread := range threads(pid) {
			at, err := programCounter(thread + "/syscall")
			if err != nil && !gone(err) {
				return err
			}
			if err == nil && at >= low && at < high && certain(int(at-low)) {
				return fmt.Errorf("thread %s of process %d is reading a clock whenever it is stopped", filepath.Base(thread), pid)
			}
		}
	}
	return nil
}

// programCounter reads where a stopped thread will continue, from a line "-1 sp pc" or "number
// arguments… sp pc".
func programCounter(path string) (uint64, error) {
	line, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(line))
	if len(fields) < 3 {
		return 0, fmt.Errorf("%s says %q, expected where the thread is stopped", path, line)
	}
	return strconv.ParseUint(fields[len(fields)-1], 0, 64)
}

// startShifted starts a command whose clocks are shifted from its first instruction on: a traced
// process stops once its program has been loaded. All of this must happen on one thread, as it
// does in namespace.in.
func startShifted(cmd *exec.Cmd, s vdso.Shift) (err error) {
	cmd.SysProcAttr.Ptrace = true
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	defer func() {
		if err != nil {
			cmd.Process.Kill()
			cmd.Wait()
			err = fmt.Errorf("start it with clocks that are off by %+v: %w", s, err)
		}
	}()
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("wait until it is loaded: %w", err)
		}
		break
	}
	if !status.Stopped() {
		return errors.New("it ended before it was loaded")
	}
	// This thread may be restricted in the same way as the new process; another thread can write
	// to it.
	done := make(chan error, 1)
	go func() { done <- vdso.Apply(pid, s) }()
	if err := <-done; err != nil {
		return err
	}
	return unix.PtraceDetach(pid)
}
