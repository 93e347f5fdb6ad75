package lab

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// killsVar is the environment variable for how many runs of each kind are ended at random; `make
// kills` asks for many.
const killsVar = "LOCKLAB_KILLS"

// TestNothingIsLeftOfRunsThatAreEndedAtRandom ends runs at any moment, by any signal, in either
// world and as any user. No process and no torn file may remain, and every finished trial must be
// readable.
func TestNothingIsLeftOfRunsThatAreEndedAtRandom(t *testing.T) {
	needLive(t)
	kills := times(t, killsVar, 1)
	users := []int{os.Getuid()}
	if os.Getuid() == 0 {
		users = append(users, nobody)
	}
	binary := buildCommand(t)
	worlds := map[string]struct {
		selection []string
		least     time.Duration // on an idle machine, most of such a run is over by then
	}{
		"live":    {[]string{"gc-pause", "minority-partition", "--backend", "redlock", "--guard", "none", "--ttl", "500ms"}, 3 * time.Second},
		"virtual": {[]string{"gc-pause", "failover", "--seeds", "40", "--jobs", "2"}, 3 * time.Second},
	}
	for world, run := range worlds {
		for _, uid := range users {
			for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT, syscall.SIGTERM} {
				t.Run(fmt.Sprintf("%s, user %d, %s", world, uid, signal), func(t *testing.T) {
					t.Parallel()
					for i := range kills {
						after := time.Duration(rand.Int64N(int64(run.least)))
						e := ending{t: t, binary: binary, uid: uid, signal: signal, after: after, name: fmt.Sprintf("%s-%d-%d-%d", world, uid, signal, i)}
						e.run(append([]string{"run", "--world", world}, run.selection...))
					}
				})
			}
		}
	}
}

// times returns the number in an environment variable, or usual if the variable is not set.
func times(t *testing.T, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// ending is a run that a signal ends.
type ending struct {
	t      *testing.T
	binary string
	uid    int
	signal syscall.Signal
	after  time.Duration
	name   string
}

// mark is set in the environment of every process of the run, to find them by.
func (e ending) mark() string { return "LOCKLAB_TEST_RUN=" + e.name + "-" + strconv.Itoa(os.Getpid()) }

func (e ending) run(args []string) {
	t := e.t
	dir := openDir(t)
	out, scratch := filepath.Join(dir, "out"), filepath.Join(dir, "scratch")
	for _, each := range []string{out, scratch} {
		if err := os.Mkdir(each, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(each, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	harness := exec.Command(e.binary, append(args, "--out", out)...)
	harness.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+scratch, e.mark())
	var said bytes.Buffer
	harness.Stdout, harness.Stderr = &said, &said
	harness.SysProcAttr = &syscall.SysProcAttr{}
	if e.uid != os.Getuid() {
		harness.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(e.uid), Gid: uint32(e.uid)}
	}
	if err := harness.Start(); err != nil {
		t.Fatal(err)
	}
	var waited sync.WaitGroup
	waited.Go(func() { harness.Wait() })
	time.Sleep(e.after)
	harness.Process.Signal(e.signal) // it may have ended already
	waited.Wait()
	state := harness.ProcessState
	died := state.Sys().(syscall.WaitStatus)
	// A signal that arrives before the program handles it ends the program at once.
	if died.Signaled() && died.Signal() != e.signal || state.Exited() && state.ExitCode() != statusAsExpected && state.ExitCode() != statusUndecided {
		t.Errorf("%s after %v: ended with %v and says\n%s", e.signal, e.after, state, &said)
	}
	await(t, "the end of every process", func() bool { return len(e.left()) == 0 })
	e.sound(out)
	if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
		t.Errorf("%s after %v: left behind %q", e.signal, e.after, left)
	}
	os.RemoveAll(dir) // otherwise a thousand of them would be kept until the end of the test
}

// left lists the processes of the run that still exist.
func (e ending) left() (pids []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range all {
		text, err := os.ReadFile(file)
		if err == nil && bytes.Contains(text, []byte(e.mark()+"\x00")) {
			pids = append(pids, filepath.Base(filepath.Dir(file)))
		}
	}
	return pids
}

// sound checks that every history is whole and that the folder can be read as far as the run got.
func (e ending) sound(out string) {
	t := e.t
	folders, _ := filepath.Glob(filepath.Join(out, "2*"))
	for _, folder := range folders {
		histories, _ := filepath.Glob(filepath.Join(folder, "histories", "*.jsonl"))
		for _, name := range histories {
			if err := whole(name); err != nil {
				t.Errorf("%s after %v: %v", e.signal, e.after, err)
			}
		}
		for _, name := range []string{"run.json", "claims.json", "index.html"} {
			if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Size() == 0 {
				t.Errorf("%s after %v: %s is empty", e.signal, e.after, name)
			}
		}
		if _, err := os.Stat(filepath.Join(folder, "run.json")); errors.Is(err, fs.ErrNotExist) {
			continue // it had hardly started
		}
		var stdout, stderr bytes.Buffer
		status := runUnder(t.Context(), []string{"report", folder, "--format", "csv"}, &stdout, &stderr)
		if status == statusNotAsExpected || status == statusBadInput && !strings.Contains(stderr.String(), "no trial") {
			t.Errorf("%s after %v: the report of it has status %d and says\n%s", e.signal, e.after, status, &stderr)
		}
		if e.signal != syscall.SIGKILL {
			e.tidy(folder)
		}
	}
}

// whole reads a history to its end.
func whole(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h, err := sim.ReadHistory(f, name)
	if err != nil {
		return err
	}
	if n := len(h.Events); n == 0 || h.Events[n-1].Kind != sim.End {
		return fmt.Errorf("%s does not go on to the end of the trial", name)
	}
	return nil
}

// tidy checks that no half-written file is left: a program that can still react can clean up.
func (e ending) tidy(folder string) {
	filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && (strings.HasPrefix(d.Name(), ".") || strings.HasSuffix(d.Name(), ".tmp")) {
			e.t.Errorf("%s after %v: %s is left", e.signal, e.after, path)
		}
		return nil
	})
}
