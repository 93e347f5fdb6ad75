//go:build linux

package live

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// members lists the processes on the host by pid: those that have a thread in its network
// namespace, whoever started them. Processes that have ended are in no namespace.
func (a *Agent) members() ([]int, error) {
	pids, err := processIDs()
	if err != nil {
		return nil, err
	}
	self := os.Getpid() // one of its threads may be in the namespace for a moment
	return slices.DeleteFunc(pids, func(pid int) bool {
		space, known := spaceOf(pid)
		return pid == self || !known || space != a.net.id
	}), nil
}

// spaceOf returns the network namespace of a process. If its first thread has ended, that is the
// namespace of the others. known is false for a process that has ended or is about to end.
func spaceOf(pid int) (nsID, bool) {
	var st unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d/ns/net", pid), &st) == nil {
		return nsID{uint64(st.Dev), st.Ino}, true
	}
	for _, thread := range threads(pid) {
		if unix.Stat(thread+"/ns/net", &st) == nil {
			return nsID{uint64(st.Dev), st.Ino}, true
		}
	}
	return nsID{}, false
}

// threads returns the /proc directories of a process's threads; empty means that the process is
// gone.
func threads(pid int) (dirs []string) {
	list := fmt.Sprintf("/proc/%d/task", pid)
	entries, _ := os.ReadDir(list) // fails only if the process is gone
	for _, e := range entries {
		dirs = append(dirs, filepath.Join(list, e.Name()))
	}
	return dirs
}

// hasEnded reports whether the last thread of a process has ended. Before that, the process may
// still have its sockets and files open, although it is no longer in any namespace: the kernel
// removes it from its namespaces first.
//
// A list of its threads does not answer this: if a thread ends while the list is read, the
// kernel ends the list early and omits the threads after it. Instead, hasEnded checks whether a
// descriptor of the process can be read (pidfd_open(2): "when the process that it refers to
// terminates", all of its threads).
func hasEnded(pid int) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return errors.Is(err, unix.ESRCH)
	}
	defer unix.Close(fd)
	for {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if !errors.Is(err, unix.EINTR) {
			return err == nil && ready == 1
		}
	}
}

// leaving lists the processes that are about to end among the given ones and those they started:
// they are no longer in a namespace, but have not ended. They are identified by their process
// group.
func leaving(started []*Proc) ([]int, error) {
	pids, err := processIDs()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pids, func(pid int) bool {
		if _, known := spaceOf(pid); known || hasEnded(pid) {
			return true
		}
		s, err := readStat(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || !slices.ContainsFunc(started, func(p *Proc) bool { return p.Pid() == s.pgrp })
	}), nil
}

// unended lists the processes of the host, including those that are about to end.
func (a *Agent) unended() ([]int, error) {
	pids, err := a.members()
	more, err2 := leaving(a.lab.processesOn(a.id))
	return append(pids, more...), errors.Join(err, err2)
}

// stoppable lists the processes on the host that faults affect, which excludes running helpers.
// One of these processes may have the pid of a helper that has ended.
func (a *Agent) stoppable() ([]int, error) {
	pids, err := a.members()
	return slices.DeleteFunc(pids, func(pid int) bool {
		return slices.ContainsFunc(a.helpers, func(p *Proc) bool { return p.Pid() == pid && !closed(p.done) })
	}), err
}

func processIDs() ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// stat is what the kernel says about a process or thread in /proc/…/stat.
type stat struct {
	name         string
	state        byte // R, S, D: runs or waits; T: stopped; Z, X: has ended
	parent, pgrp int
}

func readStat(path string) (stat, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return stat{}, err
	}
	// "12 (a name (of any kind)) S 1 12 …"
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return stat{}, fmt.Errorf("read %s: not understood: %q", path, text)
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 3 {
		return stat{}, fmt.Errorf("read %s: not understood: %q", path, text)
	}
	parent, err1 := strconv.Atoi(fields[1])
	pgrp, err2 := strconv.Atoi(fields[2])
	return stat{name: string(text[open+1 : end]), state: fields[0][0], parent: parent, pgrp: pgrp}, errors.Join(err1, err2)
}

// killLimit bounds the wait for killed processes. It takes longer than milliseconds only if a
// process hangs in the kernel.
const killLimit = 10 * time.Second

// killAll kills every process on the host, including helpers, until there is none. Nothing can
// be started there afterwards.
func (a *Agent) killAll() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.killed = make(map[int]bool)
	return poll(killLimit, func() error {
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
	killed := func(pid int) bool {
		return slices.ContainsFunc(l.agents, func(a *Agent) bool { return a.killed[pid] })
	}
	return poll(killLimit, func() error {
		pids, err := processIDs()
		if err != nil {
			return err
		}
		for _, pid := range pids {
			s, err := readStat(fmt.Sprintf("/proc/%d/stat", pid))
			if err != nil || !started[s.pgrp] && !killed(pid) {
				continue
			}
			if reaped, _ := unix.Wait4(pid, nil, unix.WNOHANG, nil); reaped != pid {
				return fmt.Errorf("process %d (%s), started by a process of the lab, does not end", pid, s.name)
			}
		}
		return nil
	})
}

// poll calls f until it returns nil, and gives up with f's last error after limit. It is for
// conditions that the kernel brings about in microseconds and does not announce.
func poll(limit time.Duration, f func() error) error {
	deadline := time.Now().Add(limit)
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		err := f()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(wait)
	}
}
