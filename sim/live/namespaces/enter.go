//go:build linux

// Package namespaces runs this program again in private network, mount and pid namespaces, in which
// it may do as the live world needs.
package namespaces

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// insideVar is set in the environment of the inner process.
const insideVar = "LOCKLAB_INSIDE"

// lifelineFd is the inner process's end of a socket shared with the outer one.
const lifelineFd = 3

// DutyVar names the duty that a process of this binary is to run, see live.DutyMain.
const DutyVar = "LOCKLAB_DUTY"

// Inside reports whether this process is the harness inside the private namespaces. For
// processes that the harness starts it is false: they may Enter namespaces of their own.
func Inside() bool { return os.Getpid() == 1 && os.Getenv(insideVar) != "" }

// Enter runs this same program again inside private namespaces, with the same arguments, working
// directory and standard streams. It waits for the program and returns its exit status (128 +
// the signal's number if a signal ended it). When Enter returns, every process started inside is
// gone.
//
// SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on once each: the inner process decides what
// they mean, and the outer one waits for it. If the outer process is killed, the kernel kills
// the inner one, and with it everything inside.
func Enter() (status int, err error) {
	as, err := available()
	if err != nil {
		return 0, err
	}
	// The death signal is tied to the thread that starts the child, so this thread must stay
	// alive.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	signals := make(chan os.Signal, 4)
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT} {
		if !signal.Ignored(s) { // for example under nohup
			signal.Notify(signals, s)
		}
	}
	defer signal.Stop(signals)

	cmd := exec.Command("/proc/self/exe")
	cmd.Args = os.Args
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	lifeline, err := startInside(cmd, as)
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

// passOn passes signals of the outer process on to the inner one. Pid 1 of a pid namespace loses
// signals it has no handler for, so passOn first waits for a sign of life from the inner
// process.
func passOn(signals <-chan os.Signal, lifeline *os.File, inner *os.Process, ended <-chan struct{}) {
	if n, _ := lifeline.Read(make([]byte, 1)); n == 0 {
		return // the inner process ended before that
	}
	for {
		select {
		case s := <-signals:
			inner.Signal(s) // fails only if it has ended
		case <-ended:
			return
		}
	}
}

// startInside starts cmd as pid 1 of new namespaces and returns the outer end of the lifeline.
// The caller must stay on its thread, see Enter.
func startInside(cmd *exec.Cmd, as kind) (*os.File, error) {
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
	// With a process group of its own, the terminal's Ctrl-C reaches only the outer process,
	// which passes it on. So it arrives once, however it was sent.
	attr.Setpgid = true
	if as == withUser {
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

// CleanEnv returns this process's environment without the variables meant for this process
// itself.
func CleanEnv() []string {
	var env []string
	for _, each := range os.Environ() {
		if !strings.HasPrefix(each, insideVar+"=") && !strings.HasPrefix(each, DutyVar+"=") {
			env = append(env, each)
		}
	}
	return env
}
