//go:build linux

package live

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/process"
	"golang.org/x/sys/unix"
)

// leaving lists the processes that are about to end among the given ones and those they started,
// which have the same process group.
func leaving(started []*Proc) ([]int, error) {
	return process.Leaving(func(group int) bool {
		return slices.ContainsFunc(started, func(p *Proc) bool { return p.Pid() == group })
	})
}

// unended lists the processes of the host, including those that are about to end.
func (a *Agent) unended() ([]int, error) {
	pids, err := a.net.Processes()
	more, err2 := leaving(a.lab.processesOn(a.id))
	return append(pids, more...), errors.Join(err, err2)
}

// stoppable lists the processes on the host that faults affect, which excludes running helpers.
// One of these processes may have the pid of a helper that has ended.
func (a *Agent) stoppable() ([]int, error) {
	pids, err := a.net.Processes()
	return slices.DeleteFunc(pids, func(pid int) bool {
		return slices.ContainsFunc(a.helpers, func(p *Proc) bool { return p.Pid() == pid && !closed(p.done) })
	}), err
}

// killAll kills every process on the host, including helpers, until there is none. Nothing can
// be started there afterwards.
func (a *Agent) killAll() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.killed = make(map[int]bool)
	return clock.Poll(process.KillLimit, func() error {
		pids, err := a.unended()
		if err != nil || len(pids) == 0 {
			return err
		}
		for _, pid := range pids {
			unix.Kill(pid, unix.SIGKILL) // fails only if the process is gone already
			a.killed[pid] = true
		}
		return fmt.Errorf("processes %v of host %s do not end", pids, a.id)
	})
}

// reapOrphans reaps the descendants of the lab's processes. All have been killed, so they have
// become children of this process, which is pid 1 in its namespace, and remain zombies until it
// reaps them. It recognizes them because it killed them or, if they ended before that, by the
// process group of the lab's process that they descend from.
func (l *Lab) reapOrphans() error {
	started := make(map[int]bool)
	for _, p := range l.processes() {
		started[p.Pid()] = true
	}
	return process.Reap(func(pid, group int) bool {
		return started[group] || slices.ContainsFunc(l.agents, func(a *Agent) bool { return a.killed[pid] })
	})
}
