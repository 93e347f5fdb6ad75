//go:build linux

package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim/live/internal/process"
)

// down reports whether the host is switched off. The caller holds mu.
func (a *Agent) down() bool { return a.crashes > 0 }

// lifeNow returns how often the host has crashed.
func (a *Agent) lifeNow() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.life
}

// Crash kills every process of the host with SIGKILL, including stopped ones, and returns once
// they are proven to be gone. Helpers keep running. Pauses and suspensions end; shifted clocks
// stay shifted. Nothing is started on the host until Restart.
func (a *Agent) Crash() error { return a.crash(func() error { return nil }) }

// crash calls off while the processes are stopped, and then kills them. If off fails, they
// continue.
func (a *Agent) crash(off func() error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	about := func(err error) error { return fmt.Errorf("crash host %s: %w", a.id, err) }
	switch {
	case a.closed:
		return about(errLabClosed)
	case a.down():
		if err := off(); err != nil {
			return about(err)
		}
		a.crashes++
		return nil
	case len(a.recipes) == 0:
		return about(process.ErrNone)
	}
	err := a.stop(nil)
	stopped := err == nil
	if err == nil || errors.Is(err, process.ErrNone) { // a client that is done has no processes left
		err = off()
	}
	if err != nil {
		if stopped {
			err = errors.Join(err, a.goOn())
		}
		return about(err)
	}
	for _, r := range a.recipes {
		r.proc.crashed.Store(true)
	}
	if err := process.Kill(a.mortal, a.started); err != nil { // but not the helpers
		return about(err)
	}
	if a.suspends > 0 {
		a.wakeClock()
		a.suspends = 0
	}
	a.stops = 0
	a.crashes++
	a.life++
	return nil
}

// mortal lists the processes that a crash must kill, including those that are about to end:
// until they have ended, what listens on the host still does and cannot be started again. The
// caller holds mu.
func (a *Agent) mortal() ([]int, error) {
	pids, err := a.stoppable()
	programs := slices.DeleteFunc(a.lab.processesOn(a.id), func(p *Proc) bool { return p.helper })
	more, err2 := leaving(programs)
	return append(pids, more...), errors.Join(err, err2)
}

// started reports whether this agent started the process; if so, a Proc waits for it.
func (a *Agent) started(pid int) bool {
	return slices.ContainsFunc(a.recipes, func(r *recipe) bool { return r.proc.Pid() == pid })
}

// Crashed checks that the host is down: nil means that it has no process.
func (a *Agent) Crashed() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if pids, err := a.mortal(); err != nil || len(pids) > 0 {
		return errors.Join(err, fmt.Errorf("host %s is not down: processes %v run on it", a.id, pids))
	}
	return nil
}

// Restart undoes one crash. After the last one it starts the host's programs again, in the same
// order and each in the same way, and returns their new processes.
func (a *Agent) Restart() ([]*Proc, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.down() {
		return nil, fmt.Errorf("restart host %s: it is not down", a.id)
	}
	if a.crashes--; a.crashes > 0 {
		return nil, nil
	}
	for _, r := range a.recipes {
		for _, f := range r.beforeRestart {
			if err := f(); err != nil {
				return nil, fmt.Errorf("restart host %s: %s: %w", a.id, r.name, err)
			}
		}
	}
	var procs []*Proc
	for _, r := range a.recipes {
		p, err := a.relaunch(r)
		if err != nil {
			return procs, fmt.Errorf("restart host %s: %w", a.id, err)
		}
		procs = append(procs, p)
	}
	return procs, nil
}
