//go:build linux

// Package process finds processes, stops and kills them, and tells what became of them, as the
// kernel shows them: by their pids and in /proc.
package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// ErrNone means that there is no process to do something to.
var ErrNone = errors.New("no process runs on it")

// NetNS identifies a network namespace, as the kernel does.
type NetNS struct{ dev, ino uint64 }

// NetNSOf identifies the network namespace that this file descriptor refers to.
func NetNSOf(fd int) (NetNS, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return NetNS{}, err
	}
	return NetNS{uint64(st.Dev), st.Ino}, nil
}

// In lists the processes by pid that have a thread in a network namespace, whoever started them,
// without this process. Processes that have ended are in no namespace.
func In(n NetNS) ([]int, error) {
	pids, err := all()
	if err != nil {
		return nil, err
	}
	self := os.Getpid() // one of its threads may be in the namespace for a moment
	return slices.DeleteFunc(pids, func(pid int) bool {
		space, known := spaceOf(pid)
		return pid == self || !known || space != n
	}), nil
}

// spaceOf returns the network namespace of a process. If its first thread has ended, that is the
// namespace of the others. known is false for a process that has ended or is about to end.
func spaceOf(pid int) (space NetNS, known bool) {
	var st unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d/ns/net", pid), &st) == nil {
		return NetNS{uint64(st.Dev), st.Ino}, true
	}
	for _, thread := range Threads(pid) {
		if unix.Stat(thread+"/ns/net", &st) == nil {
			return NetNS{uint64(st.Dev), st.Ino}, true
		}
	}
	return NetNS{}, false
}

// Threads returns the /proc directories of a process's threads; empty means that the process is
// gone.
func Threads(pid int) (dirs []string) {
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

// Leaving lists the processes that are about to end, in the process groups that ours accepts: they
// are no longer in a namespace, but have not ended.
func Leaving(ours func(group int) bool) ([]int, error) {
	pids, err := all()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(pids, func(pid int) bool {
		if _, known := spaceOf(pid); known || hasEnded(pid) {
			return true
		}
		s, err := readStat(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || !ours(s.pgrp)
	}), nil
}

// all lists the processes of this pid namespace.
func all() ([]int, error) {
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

// Gone reports whether an error means that the process has ended.
func Gone(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH)
}
