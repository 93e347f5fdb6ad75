//go:build linux

package vdso

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// Start starts a command whose clocks are shifted from its first instruction on: a traced
// process stops once its program has been loaded. All of this must happen on one thread, as it
// does in network.Namespace.In.
func Start(cmd *exec.Cmd, s Shift) (err error) {
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
	go func() { done <- Apply(pid, s) }()
	if err := <-done; err != nil {
		return err
	}
	return unix.PtraceDetach(pid)
}
