package lab

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/locklab/locklab/sim"
)

// TestOnlyTablesTellKindsOfFaultApart checks that everything about a kind of fault is in the table
// of package sim, and what a world does with it in the tables of that world. All other code asks
// these tables and names a kind only to make a fault of it, so there is no list, switch or
// comparison elsewhere that a new kind could be missing from.
func TestOnlyTablesTellKindsOfFaultApart(t *testing.T) {
	loaded := loadCode(t)
	kinds := membersOf(loaded)["sim.FaultKind"]
	if rows := sim.FaultKinds(); len(rows) != len(kinds) {
		t.Errorf("the kinds of fault are %v, and there are rows for %q", kinds, rows)
	}
	made := 0
	for _, p := range loaded {
		path := strings.TrimPrefix(p.PkgPath, module)
		if path == "sim" {
			continue
		}
		isWorld := path == "sim/virtual" || path == "sim/live"
		for _, file := range p.Syntax {
			n, wrong := namedKinds(file, p.TypesInfo, isWorld)
			made += n
			for _, ident := range wrong {
				at := p.Fset.Position(ident.Pos())
				t.Errorf("%s/%s:%d: %s is told apart from other faults here: ask its row", path, filepath.Base(at.Filename), at.Line, ident.Name)
			}
		}
	}
	if made < len(kinds) {
		t.Errorf("only %d faults are made", made)
	}
}

// namedKinds counts how often a file names a kind to make a fault or, if tables is set, as a key in
// a table by kinds. It also returns the other places that name one.
func namedKinds(file *ast.File, info *types.Info, tables bool) (good int, wrong []*ast.Ident) {
	var allowed []ast.Expr
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		list := info.TypeOf(literal)
		table, isMap := list.Underlying().(*types.Map)
		for _, e := range literal.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			switch {
			case !ok:
			case isMap && tables && listName(table.Key()) == "sim.FaultKind":
				allowed = append(allowed, pair.Key)
			case listName(list) == "sim.Fault" && fmt.Sprint(pair.Key) == "Kind":
				allowed = append(allowed, pair.Value)
			}
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && slices.Contains(allowed, e) {
			good++
			return false
		}
		ident, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if c, ok := info.Uses[ident].(*types.Const); ok && listName(c.Type()) == "sim.FaultKind" {
			wrong = append(wrong, ident)
		}
		return true
	})
	return good, wrong
}

// TestKindsToldApartAreRecognised checks that the test above can fail.
func TestKindsToldApartAreRecognised(t *testing.T) {
	const src = `package p
import "github.com/locklab/locklab/sim"
var table = map[sim.FaultKind]int{sim.Pause: 1} // line 3
var fault = sim.Fault{Kind: sim.Pause, Host: "a"}
var list = []sim.FaultKind{sim.Pause} // line 5
func f(k sim.FaultKind, g sim.Fault) bool {
	switch k {
	case sim.Crash: return true // line 8
	}
	g.Kind = sim.Drop // line 10
	return k == sim.Hold || k.OnLinks() // line 11
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: ofModule(loadCode(t))}).Check(module+"p", set, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	for tables, want := range map[bool][]int{false: {3, 5, 8, 10, 11}, true: {5, 8, 10, 11}} {
		var got []int
		_, wrong := namedKinds(file, info, tables)
		for _, ident := range wrong {
			got = append(got, set.Position(ident.Pos()).Line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("recognised in lines %v, expected %v", got, want)
		}
	}
}

// ofModule is a types.Importer for the packages of this module.
type ofModule []*packages.Package

func (m ofModule) Import(path string) (*types.Package, error) {
	for _, p := range m {
		if p.PkgPath == path {
			return p.Types, nil
		}
	}
	return nil, fmt.Errorf("there is no package %s", path)
}
