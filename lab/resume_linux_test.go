package lab

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// resumedVar is the environment variable for how many seeds the run has that is ended over and over;
// `make resumed` asks for many.
const resumedVar = "LOCKLAB_RESUMED"

// A run that is ended at any moments and resumed each time leaves what one leaves that nobody ended:
// no trial is lost, none counts twice. After SIGKILL, the last row may be torn; after SIGTERM, trials
// are reported before their turn.
func TestARunThatIsEndedAndResumedIsTheRun(t *testing.T) {
	dir := filepath.Dir(pausedScript(t, "holds"))
	seeds := times(t, resumedVar, 100)
	run := []string{"run", "mine.yaml", "gc-pause", "leader-crash", "--seeds", strconv.Itoa(seeds)}
	began := time.Now()
	if status, _, said := command(t, dir, run...); status != statusNotAsExpected {
		t.Fatalf("status %d; it says\n%s", status, said)
	}
	took := time.Since(began)
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		out := "out-" + signal.String()
		e := resumed{dir: dir, out: out, signal: signal, most: took / 5}
		e.args = append(run, "--out", out)
		e.run(t, 10)
	}
}

// resumed is a run that is ended and resumed.
type resumed struct {
	dir, out string
	args     []string
	signal   syscall.Signal
	most     time.Duration // after which it is ended
}

func (e *resumed) run(t *testing.T, times int) {
	t.Helper()
	latest := filepath.Join(e.out, "latest")
	args, ended, rows := e.args, 0, 0
	for ended < times {
		c := exec.Command(buildCommand(t), args...)
		c.Dir = e.dir
		var said bytes.Buffer
		c.Stderr = &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rand.Int64N(int64(e.most))), func() { c.Process.Signal(e.signal) })
		c.Wait()
		if c.ProcessState.ExitCode() == statusBadInput {
			t.Fatalf("after %d times: %s", ended, &said)
		}
		ended++
		text, _ := os.ReadFile(filepath.Join(e.dir, latest, "results.jsonl"))
		if n := bytes.Count(text, []byte("\n")); n > rows {
			rows = n
		}
		if _, err := os.Stat(filepath.Join(e.dir, latest)); err == nil {
			args = []string{"run", "--resume", latest}
		}
	}
	t.Logf("%s: ended %d times, at last with %d rows", e.signal, ended, rows)
	status, _, said := command(t, e.dir, args...)
	if status != statusNotAsExpected {
		t.Errorf("%s: status %d at the end; it says\n%s", e.signal, status, said)
	}
	// The command is another one: it names another folder.
	for _, name := range []string{"run.json", "index.html"} {
		path := filepath.Join(e.dir, latest, name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.NewReplacer(" --out "+e.out, "", ",\n    \"--out\",\n    \""+e.out+"\"", "").Replace(string(text)))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sameRun(t, filepath.Join(e.dir, "out/latest"), filepath.Join(e.dir, latest))
}
