package lab

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPackagesThatStartGoroutinesAreTestedUnderTheRaceDetector checks that the Makefile runs the
// race detector on all code that starts goroutines.
func TestPackagesThatStartGoroutinesAreTestedUnderTheRaceDetector(t *testing.T) {
	raced := strings.Fields(makeVariable(t, "RACE") + " " + makeVariable(t, "RACE_RUNS"))
	found := 0
	for _, dir := range dirsThatStartGoroutines(t) {
		found++
		if !slices.ContainsFunc(raced, func(pattern string) bool { return matches(pattern, dir) }) {
			t.Errorf("%s starts goroutines and is not under the race detector; the Makefile lists %v", dir, raced)
		}
	}
	if found < 8 {
		t.Errorf("goroutines are started in %d packages, expected at least 8: are they looked for?", found)
	}
}

func TestPackagePatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, dir string
		want         bool
	}{
		{"./lab", "./lab", true},
		{"./lab", "./lab/sub", false},
		{"./sim/live/...", "./sim/live", true},
		{"./sim/live/...", "./sim/live/vdso", true},
		{"./sim/live/...", "./sim/liveness", false},
	} {
		if got := matches(c.pattern, c.dir); got != c.want {
			t.Errorf("%s matches %s: %v, expected %v", c.pattern, c.dir, got, c.want)
		}
	}
}

// matches reports whether a pattern of the go command covers a package's folder.
func matches(pattern, dir string) bool {
	under, all := strings.CutSuffix(pattern, "/...")
	return dir == under || all && strings.HasPrefix(dir, under+"/")
}

// startsGoroutine reports whether n is a go statement or passes a function to a method named Go,
// such as that of sync.WaitGroup.
func startsGoroutine(n ast.Node) bool {
	if _, is := n.(*ast.GoStmt); is {
		return true
	}
	call, is := n.(*ast.CallExpr)
	if !is || len(call.Args) != 1 {
		return false
	}
	method, is := call.Fun.(*ast.SelectorExpr)
	_, function := call.Args[0].(*ast.FuncLit)
	return is && function && method.Sel.Name == "Go"
}

// dirsThatStartGoroutines returns the folders, such as ./lab, whose code starts goroutines. Tests
// do not count.
func dirsThatStartGoroutines(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if startsGoroutine(n) {
				rel, _ := filepath.Rel("..", filepath.Dir(path))
				dirs = append(dirs, "./"+rel)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
