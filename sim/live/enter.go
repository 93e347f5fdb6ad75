//go:build linux

package live

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// insideVar marks the environment of the inner process.
const insideVar = "LOCKLAB_INSIDE"

// lifelineFd is the inner process's end of a socket that it shares with the outer one.
const lifelineFd = 3

// Inside tells whether this process is the harness inside the private namespaces.
// Processes that the harness starts are not: they may Enter namespaces of their own.
func Inside() bool { return os.Getpid() == 1 && os.Getenv(insideVar) != "" }

// Enter runs this same program again, with the same arguments, working directory and
// standard streams, inside private namespaces, waits for it, and returns its exit status
// (128 + the signal's number if a signal ended it). When it returns, every process that
// was started inside is gone.
//
// SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on once each: the inner process decides
// what they mean, and the outer one waits for it. If the outer process is killed, the
// inner one is killed by the kernel, and with it everything inside.
func Enter() (status int, err error) {
	kind, err := namespaces()
	if err != nil {
		return 0, err
	}
	// The death signal is tied to the thread that starts the child: it must live on.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	signals := make(chan os.Signal, 4)
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT} {
		if !signal.Ignored(s) { // under nohup, say
			signal.Notify(signals, s)
		}
	}
	defer signal.Stop(signals)

	cmd := exec.Command("/proc/self/exe")
	cmd.Args = os.Args
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	lifeline, err := startInside(cmd, kind)
	if err != nil {
		return 0, err
	}
	defer lifeline.Close()
	ended := make(chan struct{})
	go passOn(signals, lifeline, cmd.Process, ended)
	err = cmd.Wait()
	close(ended)
	if state := cmd.ProcessState; state != nil {
		if ws := state.Sys().(syscall.WaitStatus); ws.Signaled() {
			return 128 + int(ws.Signal()), nil
		}
		return state.ExitCode(), nil
	}
	return 0, fmt.Errorf("wait for the inner process: %w", err)
}

// passOn sends the inner process what the outer one is sent. Pid 1 of a pid namespace
// loses signals it has no handler for, so it waits for the inner process's sign of life.
func passOn(signals <-chan os.Signal, lifeline *os.File, inner *os.Process, ended <-chan struct{}) {
	if n, _ := lifeline.Read(make([]byte, 1)); n == 0 {
		return // it ended before it got that far
	}
	for {
		select {
		case s := <-signals:
			inner.Signal(s) // fails only when it has ended
		case <-ended:
			return
		}
	}
}

// startInside starts cmd as pid 1 of new namespaces and returns the outer end of the
// lifeline. The caller must stay on its thread, see Enter.
func startInside(cmd *exec.Cmd, kind namespaceKind) (*os.File, error) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("make the lifeline to the inner process: %w", err)
	}
	outer, inner := os.NewFile(uintptr(ends[0]), "lifeline"), os.NewFile(uintptr(ends[1]), "lifeline")
	defer inner.Close()
	cmd.ExtraFiles = []*os.File{inner} // becomes lifelineFd
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, insideVar+"=1")
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	attr := cmd.SysProcAttr
	attr.Cloneflags = unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID
	attr.Pdeathsig = unix.SIGKILL
	// A process group of its own: the terminal's Ctrl-C then reaches the outer process
	// only, which passes it on, so that it arrives once however it was sent.
	attr.Setpgid = true
	if kind == withUser {
		attr.Cloneflags |= unix.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	if err := cmd.Start(); err != nil {
		outer.Close()
		return nil, fmt.Errorf("start %s in private namespaces: %w", os.Args[0], explain(err))
	}
	return outer, nil
}
