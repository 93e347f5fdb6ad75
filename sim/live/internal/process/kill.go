//go:build linux

package process

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// KillLimit bounds the wait for killed processes. It takes longer than milliseconds only if a
// process hangs in the kernel.
const KillLimit = 10 * time.Second

// Kill kills the processes that list returns, until it returns none. Those that are not awaited are
// orphans, which are reparented to this process: Kill reaps them.
func Kill(list func() ([]int, error), awaited func(pid int) bool) error {
	var children []int
	err := clock.Poll(KillLimit, func() error {
		pids, err := list()
		if err != nil || len(pids) == 0 {
			return err
		}
		for _, pid := range pids {
			unix.Kill(pid, unix.SIGKILL) // fails only if the process is gone already
			if !awaited(pid) && !slices.Contains(children, pid) {
				children = append(children, pid)
			}
		}
		return fmt.Errorf("processes %v do not end", pids)
	})
	if err != nil {
		return err
	}
	return clock.Poll(KillLimit, func() error {
		for len(children) > 0 {
			pid, _ := unix.Wait4(children[0], nil, unix.WNOHANG, nil)
			if pid != children[0] && unix.Kill(children[0], 0) != unix.ESRCH {
				return fmt.Errorf("process %d does not end", children[0])
			}
			children = children[1:]
		}
		return nil
	})
}

// Reap reaps children of this process that have been killed, those that ours accepts by their pid
// and process group.
func Reap(ours func(pid, group int) bool) error {
	return clock.Poll(KillLimit, func() error {
		pids, err := all()
		if err != nil {
			return err
		}
		for _, pid := range pids {
			s, err := readStat(fmt.Sprintf("/proc/%d/stat", pid))
			if err != nil || !ours(pid, s.pgrp) {
				continue
			}
			if reaped, _ := unix.Wait4(pid, nil, unix.WNOHANG, nil); reaped != pid {
				return fmt.Errorf("process %d (%s), started by a process of the lab, does not end", pid, s.name)
			}
		}
		return nil
	})
}
