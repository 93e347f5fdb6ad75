package scenarios

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// These are the packages that code under test must not import and the functions of package time
// that it must not call, because a run that used them could not be replayed.
var (
	impureImports = []string{"context", "crypto/rand", "math/rand", "math/rand/v2", "net", "os", "os/signal", "runtime", "sync", "sync/atomic"}
	impureTime    = []string{"Now", "Sleep", "After", "AfterFunc", "NewTicker", "NewTimer", "Since", "Tick", "Until"}
)

// What packages above the seam may do besides: trial runs whole trials side by side, and whoever
// calls it may have a context to interrupt it with. Only tests import scripttest.
var (
	runners = []string{"trial", "scripttest"}
	callers = []string{"sweep", "claims", "margin"}
)

// TestCodeUnderTestIsDeterministic reads the syntax trees of everything below the trial runner, as
// built for WebAssembly: build tags exclude all code outside the virtual world from that build.
func TestCodeUnderTestIsDeterministic(t *testing.T) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
		Env:  append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"),
	}, "../sim/virtual", "../backends/...", "./...")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		for _, file := range p.Syntax {
			files++
			for _, problem := range impurities(p.Fset, file, p.TypesInfo, slices.Contains(runners, p.Name), slices.Contains(callers, p.Name)) {
				t.Error(problem)
			}
		}
	}
	if files < 40 {
		t.Errorf("only %d files were read: has the layout changed?", files)
	}
}

func impurities(set *token.FileSet, file *ast.File, info *types.Info, runner, caller bool) (found []string) {
	complain := func(n ast.Node, format string, args ...any) {
		found = append(found, fmt.Sprintf("%s: %s", set.Position(n.Pos()), fmt.Sprintf(format, args...)))
	}
	for _, i := range file.Imports {
		if path := strings.Trim(i.Path.Value, `"`); slices.Contains(impureImports, path) && !runner && !(caller && path == "context") {
			complain(i, "imports %s", path)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if !runner {
				complain(n, "starts a goroutine")
			}
		case *ast.ChanType:
			if !runner {
				complain(n, "uses a channel")
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(impureTime, n.Sel.Name) {
				complain(n, "calls time.%s", n.Sel.Name)
			}
		case *ast.RangeStmt:
			if tv, ok := info.Types[n.X]; ok && tv.Type != nil {
				if _, isMap := tv.Type.Underlying().(*types.Map); isMap {
					complain(n, "ranges over a map")
				}
			}
		}
		return true
	})
	return found
}

// TestImpureCodeIsRecognised checks that the purity test can fail at all.
func TestImpureCodeIsRecognised(t *testing.T) {
	const src = `package p
import ("sync"; "time")
var m = map[string]int{}
func f(c chan int) {
	for range m { }
	go f(c)
	time.Sleep(1)
	var _ sync.Mutex
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	conf := types.Config{Error: func(error) {}}
	_, _ = conf.Check("p", set, []*ast.File{file}, info) // the error is that imports are missing; they stay untyped
	got := strings.Join(impurities(set, file, info, false, false), "\n")
	for _, want := range []string{"imports sync", "ranges over a map", "starts a goroutine", "uses a channel", "calls time.Sleep"} {
		if !strings.Contains(got, want) {
			t.Errorf("not recognised: %s\n%s", want, got)
		}
	}
}
