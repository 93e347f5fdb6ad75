//go:build linux

// Package livetest lets tests run in the live world. A package with such tests declares
//
//	func TestMain(m *testing.M) { os.Exit(livetest.Main(m, duties)) }
//
// and begins each of them with livetest.Need(t). All its tests then run inside private
// namespaces. On a machine without a live world those tests are skipped and say why; the others
// run as usual. With LOCKLAB_REQUIRE_LIVE=1 nothing is skipped.
package livetest

import (
	"fmt"
	"os"
	"os/signal"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/namespaces"
	"golang.org/x/sys/unix"
)

// requireVar, set to anything, turns skips into failures.
const requireVar = "LOCKLAB_REQUIRE_LIVE"

// Main runs a test binary: as the duty that it was started for, as the outer process, or as the
// tests themselves, inside. It returns the exit status.
func Main(m *testing.M, duties map[string]live.Duty) int {
	if ran, status := live.DutyMain(duties); ran {
		return status
	}
	if namespaces.Inside() {
		if err := namespaces.Prepare(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}
	if namespaces.Available() != nil {
		return m.Run() // Need says what is missing
	}
	if os.Getenv("GORACE") == "" {
		// Under the race detector each process sleeps for a second before it exits, and
		// live trials have many processes.
		os.Setenv("GORACE", "atexit_sleep_ms=20")
	}
	status, err := namespaces.Enter()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// Need skips the test if there is no live world, or fails it if there must be one.
func Need(t testing.TB) {
	t.Helper()
	if namespaces.Inside() {
		return
	}
	NeedAll(t, namespaces.Available())
}

// NeedAll does nothing if missing is nil. Otherwise it skips the test, or fails it if nothing
// may be skipped. missing says what the machine lacks for the test, and what to do.
func NeedAll(t testing.TB, missing error) {
	t.Helper()
	switch {
	case missing == nil:
	case os.Getenv(requireVar) != "":
		t.Fatalf("%s is set, and: %v", requireVar, missing)
	default:
		t.Skip(missing)
	}
}

// Stop stops a child of the test, and returns once all its threads have stopped: until then, it
// may answer one more request in spite of SIGSTOP.
func Stop(t testing.TB, child *os.Process) {
	t.Helper()
	if err := child.Signal(unix.SIGSTOP); err != nil {
		t.Fatalf("stop pid %d: %v", child.Pid, err)
	}
	err := unix.Waitid(unix.P_PID, child.Pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil)
	for err == unix.EINTR {
		err = unix.Waitid(unix.P_PID, child.Pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil)
	}
	if err != nil {
		t.Fatalf("wait until pid %d has stopped: %v", child.Pid, err)
	}
}

// Continue continues a child that Stop has stopped.
func Continue(t testing.TB, child *os.Process) {
	t.Helper()
	if err := child.Signal(unix.SIGCONT); err != nil {
		t.Fatalf("let pid %d go on: %v", child.Pid, err)
	}
}

// HearSignals makes the processes that a test starts hear SIGINT and SIGHUP, even if the tests
// themselves were started with these ignored, by nohup or by a script's "&". Children would
// inherit that.
func HearSignals(t testing.TB) {
	heard := make(chan os.Signal, 1) // children start without the handlers of their parent
	signal.Notify(heard, unix.SIGINT, unix.SIGHUP)
	t.Cleanup(func() { signal.Stop(heard) })
}

// eventuallyLimit is far longer than anything that a test waits for.
const eventuallyLimit = 20 * time.Second

// Eventually waits until a condition holds, and fails the test if it does not in time.
func Eventually(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(time.Millisecond) {
		if time.Since(start) > eventuallyLimit {
			t.Fatalf("%s: not within %v", what, eventuallyLimit)
		}
	}
}
