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
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// openLists lists types whose constants are not a closed list: a switch over them picks out the
// values it is about, and does not guess about the others.
var openLists = map[string]string{
	"sim.Kind":                      "most readers of a history are about a few of its 51 kinds of event; what must know all of them is a table with a test",
	"sim.HostID":                    "a host may have any name",
	"scenarios/outcome.Outcome":     "ordered from best to worst, and compared by that",
	"scenarios/outcome.Accord":      "ordered from best to worst, and compared by that",
	"reports/internal/beliefs.rank": "an order",
}

// TestSwitchesNameEveryMemberOfAList checks that a switch over a closed list (the properties, the
// guards, the roles, …) names every member of it. A new member therefore cannot be treated like an
// old one by accident: whoever adds it is told every place that has to know it.
func TestSwitchesNameEveryMemberOfAList(t *testing.T) {
	loaded := loadCode(t)
	lists := membersOf(loaded)
	if len(lists) < 20 {
		t.Fatalf("only %d lists of constants were found: has the layout changed?", len(lists))
	}
	looked := 0
	for _, p := range loaded {
		for _, file := range p.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				s, ok := n.(*ast.SwitchStmt)
				if !ok {
					return true
				}
				for list, missing := range over(s, p.TypesInfo, lists) {
					if looked++; len(missing) > 0 {
						at := p.Fset.Position(s.Pos())
						t.Errorf("%s/%s:%d: a switch over %s does not say what it does with %s", strings.TrimPrefix(p.PkgPath, module), filepath.Base(at.Filename), at.Line, list, strings.Join(missing, ", "))
					}
				}
				return true
			})
		}
	}
	if looked < 30 {
		t.Errorf("only %d switches were looked at", looked)
	}
}

// loadCode loads the packages of the module, once for all tests.
func loadCode(t *testing.T) []*packages.Package {
	t.Helper()
	if testing.Short() {
		t.Skip("reads the code and runs none of it")
	}
	loaded, err := codeOnce()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
	}
	return loaded
}

var codeOnce = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
		Dir:  "..",
	}, "./...")
})

const module = "github.com/locklab/locklab/"

// listName returns the name of a type of this module as openLists writes it; empty for any other
// type.
func listName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !strings.HasPrefix(named.Obj().Pkg().Path(), module) {
		return ""
	}
	return strings.TrimPrefix(named.Obj().Pkg().Path(), module) + "." + named.Obj().Name()
}

// membersOf returns the constants of each closed list, by type and value.
func membersOf(loaded []*packages.Package) map[string]map[string]string {
	lists := map[string]map[string]string{}
	for _, p := range loaded {
		scope := p.Types.Scope()
		for _, name := range scope.Names() {
			c, ok := scope.Lookup(name).(*types.Const)
			if !ok || listName(c.Type()) == "" {
				continue
			}
			list := listName(c.Type())
			if lists[list] == nil {
				lists[list] = map[string]string{}
			}
			lists[list][c.Val().ExactString()] = name
		}
	}
	for list, members := range lists {
		if _, open := openLists[list]; open || len(members) < 2 {
			delete(lists, list)
		}
	}
	return lists
}

// over returns the lists that a switch is over, each with the members that no case names. A switch
// without a tag is over a list if its cases compare with two or more of its members.
func over(s *ast.SwitchStmt, info *types.Info, lists map[string]map[string]string) map[string][]string {
	named := map[string]map[string]bool{}
	for _, clause := range s.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			ast.Inspect(e, func(n ast.Node) bool {
				x, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				tv := info.Types[x]
				if of := listName(tv.Type); tv.Value != nil && lists[of] != nil {
					if named[of] == nil {
						named[of] = map[string]bool{}
					}
					named[of][tv.Value.ExactString()] = true
					return false
				}
				return true
			})
		}
	}
	missing := map[string][]string{}
	for list, members := range lists {
		switch {
		case s.Tag == nil && len(named[list]) < 2:
			continue
		case s.Tag != nil && listName(info.Types[s.Tag].Type) != list:
			continue
		}
		missing[list] = nil
		for value, name := range members {
			if !named[list][value] {
				missing[list] = append(missing[list], name)
			}
		}
		slices.Sort(missing[list])
	}
	return missing
}

// TestSwitchesThatGuessAreRecognised checks that the test above can fail.
func TestSwitchesThatGuessAreRecognised(t *testing.T) {
	const src = `package p
type colour string
const (
	red   colour = "red"
	green colour = "green"
	blue  colour = "blue"
)
type shade int
const (
	light shade = iota
	dark
)
func f(c colour, s shade) int {
	switch c { // line 14
	case red, green: return 1
	}
	switch c { // line 17
	case red: return 1
	default: return 2
	}
	switch { // line 21
	case c == red && s == dark: return 1
	case s == light, c != blue: return 2
	}
	switch c {
	case red, green, blue: return 1
	}
	switch s {
	case light:
	case dark: return 3
	}
	switch {
	case c == red: return 4 // one of them is picked out
	}
	switch len(c) {
	case 1: return 5
	}
	return 0
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	pkg, err := new(types.Config).Check(module+"p", set, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	lists := membersOf([]*packages.Package{{Types: pkg}})
	var got []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SwitchStmt); ok {
			for list, missing := range over(s, info, lists) {
				if len(missing) > 0 {
					got = append(got, fmt.Sprintf("%d %s %s", set.Position(s.Pos()).Line, list, strings.Join(missing, ",")))
				}
			}
		}
		return true
	})
	want := []string{"14 p.colour blue", "17 p.colour blue,green", "21 p.colour green"}
	if !slices.Equal(got, want) {
		t.Errorf("recognised %q, expected %q", got, want)
	}
}
