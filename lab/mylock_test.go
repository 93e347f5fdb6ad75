package lab

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mostLines is the maximum length of an example of a lock service.
const mostLines = 150

// scriptsWith lists the scripts that run a lock service without being asked to.
func scriptsWith(t *testing.T, list, backend string) (names []string) {
	t.Helper()
	var known struct {
		Scenarios []struct {
			Name     string
			Backends []string
		}
	}
	if err := json.Unmarshal([]byte(list), &known); err != nil {
		t.Fatal(err)
	}
	for _, s := range known.Scenarios {
		if slices.Contains(s.Backends, backend) {
			names = append(names, s.Name)
		}
	}
	return names
}

// TestALockServiceFromOutsideTheTreeHasAllOfLocklab checks that a third-party module can pass its
// own lock service to lab.Main in a few lines and get all scripts, faults, judges and pictures.
// What the service says about itself puts it into the sets that scripts name, and what they expect
// of those sets comes out.
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
	fitting := scriptsWith(t, run("./mylock", "list", "--format", "json"), "mylock")
	if len(fitting) != 11 {
		t.Errorf("it is in the sets of %d scripts, want 11: %v", len(fitting), fitting)
	}
	const cells = "42 cells, 42 trials in the virtual world: 38 as expected; nothing was expected of 4."
	if all := run("./mylock", slices.Concat([]string{"run", "--backend", "mylock", "--seeds", "1"}, fitting)...); !strings.Contains(all, cells) {
		t.Errorf("of the scripts whose sets it fits, want %q, got:\n%s", cells, all)
	}
	drawn, err := filepath.Glob(filepath.Join(dir, "out/latest/charts/*mylock*.svg"))
	if err != nil || len(drawn) == 0 {
		t.Errorf("nothing was drawn of it (%v)", err)
	}
}
