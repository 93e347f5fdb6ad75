package lab

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/locklab/locklab/lab/internal/liveworld"
	_ "github.com/locklab/locklab/scenarios/services/live"
)

var update = flag.Bool("update", false, "write the golden output of the command anew")

func TestMain(m *testing.M) {
	if ran, status := liveworld.RunDuty(); ran { // this process is part of a live trial run by this test binary
		os.Exit(status)
	}
	if os.Getenv("GORACE") == "" {
		// Under the race detector each process sleeps for a second before it exits, and the scripts
		// run many processes.
		os.Setenv("GORACE", "atexit_sleep_ms=20")
	}
	testscript.Main(building{m}, map[string]func(){"locklab": func() { Main() }})
}

// building removes the command that tests built once all of them are over.
type building struct{ *testing.M }

func (b building) Run() int {
	defer func() { os.RemoveAll(builtIn) }()
	return b.M.Run()
}

var builtIn string // the folder of the built command; empty: no test has asked for it

var build = sync.OnceValues(func() (string, error) {
	var err error
	if builtIn, err = os.MkdirTemp("", "locklab-test-"); err != nil {
		return "", err
	}
	if err := os.Chmod(builtIn, 0o755); err != nil { // for tests that run it as another user
		return "", err
	}
	binary := filepath.Join(builtIn, "locklab")
	if out, err := exec.Command("go", "build", "-o", builtIn, "../cmd/locklab", "../cmd/locklab-live").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
})

// buildCommand returns the path of the command as users have it, built once for all tests.
func buildCommand(t *testing.T) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal("build the command: ", err)
	}
	return binary
}

// TestCommand runs the scripts in testdata/script, which run the command as users do and compare
// its output on both streams.
func TestCommand(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Condition:           condition,
		Cmds:                map[string]func(ts *testscript.TestScript, neg bool, args []string){"settle": settle},
	})
}

// settle FROM TO copies a file or stream with TIME in place of what differs from run to run: the
// time of the run in the name of its folder, which is also called latest.
func settle(ts *testscript.TestScript, _ bool, args []string) {
	stamp := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(-\d+)?|\blatest\b`)
	text := stamp.ReplaceAllString(ts.ReadFile(args[0]), "TIME")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}
