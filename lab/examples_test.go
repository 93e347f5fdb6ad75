package lab

import (
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mostLines is the maximum length of an example.
const mostLines = 150

// example is a module of somebody else's with the code of one of the examples.
type example struct {
	t   *testing.T
	dir string
}

// exampleOf makes the module and builds its program.
func exampleOf(t *testing.T, name string) example {
	t.Helper()
	x := example{t, t.TempDir()}
	code, err := filepath.Glob("../examples/" + name + "/*.go")
	if err != nil || len(code) == 0 {
		t.Fatalf("no code of %s (%v)", name, err)
	}
	for _, path := range code {
		text := x.read(path)
		if n := strings.Count(text, "\n"); n > mostLines {
			t.Errorf("%s has %d lines, expected at most %d", path, n, mostLines)
		}
		x.write(filepath.Base(path), text)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	x.write("go.mod", strings.Replace(x.read("../go.mod"), "module github.com/locklab/locklab", "module example.com/"+name, 1)+
		"\nrequire github.com/locklab/locklab v0.0.0\n\nreplace github.com/locklab/locklab => "+root+"\n")
	x.write("go.sum", x.read("../go.sum"))
	x.run(0, "go", "build", "-mod=mod", "-o", name, ".")
	return x
}

// locklab builds locklab and runs it in the module's folder.
func (x example) locklab(args ...string) {
	x.t.Helper()
	x.run(0, "go", "build", "-mod=mod", "-o", "locklab", "github.com/locklab/locklab/cmd/locklab")
	x.run(0, "./locklab", args...)
}

func (x example) read(path string) string {
	x.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(text)
}

func (x example) write(name, text string) {
	x.t.Helper()
	if err := os.WriteFile(filepath.Join(x.dir, name), []byte(text), 0o644); err != nil {
		x.t.Fatal(err)
	}
}

// run runs a program in the module's folder, which must exit with this status, and returns what it
// prints.
func (x example) run(status int, name string, args ...string) string {
	x.t.Helper()
	c := exec.Command(name, args...)
	c.Dir = x.dir
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		x.t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); got != status {
		x.t.Fatalf("%s %s: exit status %d, expected %d\n%s", name, strings.Join(args, " "), got, status, out)
	}
	return string(out)
}

// TestAChartFromOutsideTheTree checks that a third-party module can draw the results of a run.
func TestAChartFromOutsideTheTree(t *testing.T) {
	x := exampleOf(t, "waits")
	x.locklab("run", "uncontended", "gc-pause", "--seeds", "1")
	x.run(0, "./waits", "out/latest")
	if svg := x.read(filepath.Join(x.dir, "waits.svg")); !strings.Contains(svg, ">zookeeper<") || !strings.Contains(svg, ">10 ms<") {
		t.Errorf("lock services or scale are missing in the picture:\n%s", svg)
	}
	file, err := os.Open(filepath.Join(x.dir, "waits.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	b, paper := picture.Bounds(), picture.At(0, 0)
	inside := b.Inset(8)
	for y := range b.Max.Y {
		for x := range b.Max.X {
			if at := image.Pt(x, y); !at.In(inside) && picture.At(x, y) != paper {
				t.Fatalf("something reaches the edge of the picture, at %v", at)
			}
		}
	}
	for _, args := range [][]string{nil, {"."}, {"out/latest", "gc-pause"}} {
		if out := x.run(3, "./waits", args...); strings.Count(out, "\n") != 1 || !strings.Contains(out, "expected") && !strings.Contains(out, "run one with") {
			t.Errorf("waits %v says %q, want one line that says what was expected", args, out)
		}
	}
}

// TestAPropertyFromOutsideTheTree checks that a third-party module can judge histories. Its own test
// has literal ones; these come from trials.
func TestAPropertyFromOutsideTheTree(t *testing.T) {
	x := exampleOf(t, "doublerelease")
	x.run(0, "go", "test", "-mod=mod", ".")
	x.locklab("run", "foreign-release", "--guard", "none", "--seeds", "1", "--keep", "1")
	const kept = "out/latest/histories/foreign-release."
	if out := x.run(0, "./doublerelease", kept+"redis.none.virtual.seed-1.jsonl"); !strings.Contains(out, "double-release holds: 2 releases") {
		t.Errorf("of a release that is compared with the grant it says %q", out)
	}
	out := x.run(1, "./doublerelease", kept+"redis.none.virtual.seed-1.jsonl", kept+"redis+plain-del.none.virtual.seed-1.jsonl")
	if !strings.Contains(out, "double-release violated: redis-1 frees the grant of client-2") || !strings.Contains(out, "(events [") {
		t.Errorf("of a release by DEL it says %q", out)
	}
	if out := x.run(3, "./doublerelease", "go.mod"); !strings.Contains(out, "go.mod:1") {
		t.Errorf("of what is no history it says %q", out)
	}
}

// TestAFaultFromOutsideTheTree checks that a third-party module can build a virtual world and do to it
// what locklab has no fault for.
func TestAFaultFromOutsideTheTree(t *testing.T) {
	table := exampleOf(t, "bottleneck").run(0, "./bottleneck")
	for _, row := range []string{
		"redlock                         0.10 s, 0.22 s, 100 %  60.00 s, 60.00 s,  10 %  holds",
		"redlock+node-timeout=0.5ttl     0.10 s, 0.22 s, 100 %    1.41 s, 2.41 s, 100 %  holds",
	} {
		if !strings.Contains(table, row) {
			t.Errorf("no row %q in\n%s", row, table)
		}
	}
}
