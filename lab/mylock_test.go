package lab

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mostLines is how long an example of a lock service may be.
const mostLines = 150

// A module of somebody else's gives its own lock service to lab.Main, in few lines, and has all
// scripts, faults, judges and pictures.
func TestALockServiceFromOutsideTheTreeHasAllOfLocklab(t *testing.T) {
	code, err := os.ReadFile("../examples/mylock/main.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(code), "\n"); n > mostLines {
		t.Errorf("the example has %d lines, expected at most %d", n, mostLines)
	}
	dir := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	needs, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	module := strings.Replace(string(needs), "module github.com/locklab/locklab", "module example.com/mylock", 1) +
		"\nrequire github.com/locklab/locklab v0.0.0\n\nreplace github.com/locklab/locklab => " + root + "\n"
	for name, text := range map[string]string{"main.go": string(code), "go.mod": module, "go.sum": string(sums)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("go", "build", "-mod=mod", "-o", "mylock", ".")
	table := run("./mylock", "run", "gc-pause", "delayed-write", "packet-loss", "--backend", "mylock", "--guard", "none,fence-all", "--seeds", "2")
	for _, row := range []string{"mylock   none", "mylock   fence-all", "An update is lost"} {
		if !strings.Contains(table, row) {
			t.Errorf("the table has no %q:\n%s", row, table)
		}
	}
	if !strings.Contains(run("./mylock", "list"), "mylock") {
		t.Error("list does not name it")
	}
	drawn, err := filepath.Glob(filepath.Join(dir, "out/latest/charts/*mylock*.svg"))
	if err != nil || len(drawn) == 0 {
		t.Errorf("nothing was drawn of it (%v)", err)
	}
}
