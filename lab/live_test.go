//go:build linux

package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live/livetest"
)

// nobody is the ordinary user that tests switch to when they run as root.
const nobody = 65534

// TestNothingIsLeftOfAKilledRun checks that no process is left, however the harness ends during a
// trial and whoever runs it.
func TestNothingIsLeftOfAKilledRun(t *testing.T) {
	needLive(t)
	t.Parallel() // it mostly waits
	livetest.HearSignals(t)
	binary := buildCommand(t)
	users := []int{os.Getuid()}
	if os.Getuid() == 0 {
		users = append(users, nobody)
	}
	for _, uid := range users {
		for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
			t.Run(fmt.Sprintf("user %d, %s", uid, signal), func(t *testing.T) {
				r := startRun(t, binary, uid, "gc-pause", "--backend", "redis", "--guard", "none,cas", "--ttl", "20s")
				await(t, "two clients of each trial at work", func() bool {
					r.family = descendants(t, r.harness.Process.Pid)
					return count(r.family, "locklab-client") == 4
				})
				r.end(signal)
			})
		}
	}
	t.Run("in the background", func(t *testing.T) { stopsOnlyAtSIGTERM(t, binary) })
}

// liveRun is one user's run in the live world that is ended during a trial.
type liveRun struct {
	t       *testing.T
	harness *exec.Cmd
	family  []int // its processes
}

func startRun(t *testing.T, binary string, uid int, selection ...string) *liveRun {
	t.Helper()
	out := openDir(t)
	harness := exec.Command(binary, append([]string{"run", "--world", "live", "--out", out}, selection...)...)
	harness.Env = append(os.Environ(), "HOME="+out)
	if uid != os.Getuid() {
		harness.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	if err := harness.Start(); err != nil {
		t.Fatal(err)
	}
	return &liveRun{t: t, harness: harness}
}

// end sends a signal and makes sure that nothing is left.
func (r *liveRun) end(s syscall.Signal) {
	r.t.Helper()
	if err := r.harness.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
	err := r.harness.Wait()
	if status := r.harness.ProcessState.ExitCode(); s != syscall.SIGKILL && status != statusUndecided {
		r.t.Errorf("ended with %v, want exit status %d: interrupted", err, statusUndecided)
	}
	await(r.t, "the end of every process", func() bool {
		return !slices.ContainsFunc(r.family, alive)
	})
}

// stopsOnlyAtSIGTERM checks a run that a script starts with "&" or nohup: neither it nor its inner
// process reacts to Ctrl-C or the end of the terminal.
func stopsOnlyAtSIGTERM(t *testing.T, binary string) {
	for _, world := range []string{"live", "virtual"} {
		out := openDir(t)
		harness := exec.Command("/bin/sh", "-c", `trap "" INT HUP; exec "$0" "$@"`, binary,
			"run", "gc-pause", "--world", world, "--backend", "redis", "--guard", "none", "--seeds", "20000", "--ttl", "20s", "--out", out)
		if err := harness.Start(); err != nil {
			t.Fatal(err)
		}
		var family []int
		await(t, "the run", func() bool {
			family = descendants(t, harness.Process.Pid)
			begun, _ := filepath.Glob(filepath.Join(out, "*", "results.jsonl"))
			return len(begun) > 0 && (world == "virtual" || count(family, "locklab-client") >= 2)
		})
		for _, pid := range family {
			if count([]int{pid}, binary) == 0 {
				continue // servers are free to handle them
			}
			for _, each := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP} {
				if handles(pid, each) {
					t.Errorf("%s: process %d does something at %s", world, pid, each)
				}
			}
		}
		for _, each := range []syscall.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGTERM} {
			if err := harness.Process.Signal(each); err != nil {
				t.Fatal(err)
			}
		}
		if err := harness.Wait(); harness.ProcessState.ExitCode() != statusUndecided {
			t.Errorf("%s: ended with %v, want exit status %d: interrupted", world, err, statusUndecided)
		}
	}
}

// handles reports whether a process has a handler for a signal.
func handles(pid int, s syscall.Signal) bool {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), "SigCgt:\t")
	digits, _, _ := strings.Cut(rest, "\n")
	mask, _ := strconv.ParseUint(digits, 16, 64)
	return mask&(1<<(s-1)) != 0
}

// openDir creates a folder that every user may use.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "locklab-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// await polls until a condition holds. Half a minute is far more than a slow machine takes.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// descendants lists a process and all its descendants, as reported by the kernel.
func descendants(t *testing.T, root int) []int {
	t.Helper()
	family := []int{root}
	for i := 0; i < len(family); i++ {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", family[i]))
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range lists {
			text, _ := os.ReadFile(list) // it may have ended already
			for _, field := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(field); err == nil {
					family = append(family, pid)
				}
			}
		}
	}
	return family
}

func count(family []int, name string) (n int) {
	for _, pid := range family {
		if command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && strings.HasPrefix(string(command), name) {
			n++
		}
	}
	return n
}

// alive reports whether a process exists and is not just waiting to be reaped.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
