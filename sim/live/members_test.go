//go:build linux

package live_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim/live"
	"golang.org/x/sys/unix"
)

// headless is a duty that listens at an address and then ends its first thread. The first thread
// of a server that is being killed also ends first.
func headless(h *live.Host, spec json.RawMessage) error {
	return listenUntilStopped(h, spec, endFirstThread)
}

// listenUntilStopped listens at an address, then calls then, and keeps listening until the trial
// is over.
func listenUntilStopped(h *live.Host, spec json.RawMessage, then func()) error {
	var address string
	if err := json.Unmarshal(spec, &address); err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	h.Ready()
	h.Outside(then)
	stopped := h.Stopped()
	h.Outside(func() { <-stopped })
	return l.Close()
}

// endFirstThread ends the process's first thread, whichever goroutine runs on it.
func endFirstThread() {
	gone := make(chan bool)
	for range 100 {
		go func() {
			runtime.LockOSThread() // so the next one runs on another thread
			if unix.Gettid() != unix.Getpid() {
				<-gone
				return
			}
			unix.Syscall(unix.SYS_EXIT, 0, 0, 0)
		}()
	}
}

// According to /proc/PID/ns, a process whose first thread has ended is in no namespace, but it
// still listens. A crash kills it nevertheless, and its address is free when Crash returns.
func TestACrashWaitsForTheLastThread(t *testing.T) {
	lab := newLab(t, server1)
	a := lab.Agent(server1)
	address := net.JoinHostPort(a.Address(), "7000")
	p := startDuty(t, lab, server1, "headless", address)
	if err := p.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first thread ends", func() bool {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
		return err == nil && strings.Contains(string(text), "State:\tZ")
	})
	wantError(t, a.Crashed(), "is not down")
	if err := a.Crash(); err != nil {
		t.Fatal(err)
	}
	err := a.In(func() error {
		l, err := net.Listen("tcp", address)
		if err == nil {
			err = l.Close()
		}
		return err
	})
	if err != nil {
		t.Errorf("after the crash: %v", err)
	}
}

// However busy the machine is, a server that was killed has released its address when it is
// started again.
func TestAProgramThatIsStartedAgainFindsItsAddressFree(t *testing.T) {
	lab := newLab(t, server1)
	a := lab.Agent(server1)
	p := startDuty(t, lab, server1, "busy-server", net.JoinHostPort(a.Address(), "7000"))
	for range 20 {
		if err := p.AwaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.Crash(); err != nil {
			t.Fatal(err)
		}
		procs, err := a.Restart()
		if err != nil {
			t.Fatal(err)
		}
		p = procs[0]
	}
}

// busyServer is a duty that listens at an address on many threads.
func busyServer(h *live.Host, spec json.RawMessage) error {
	return listenUntilStopped(h, spec, func() {
		for range 50 {
			go func() {
				runtime.LockOSThread()
				for {
					unix.Nanosleep(&unix.Timespec{Nsec: 1e5}, nil)
				}
			}()
		}
	})
}
