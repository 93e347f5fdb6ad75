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
)

// readsNotes lists the code that may read the note of an event, besides reports, which display it.
var readsNotes = map[string]string{
	"sim/history.go":              "writes out what cannot be seen",
	"sim/format1.go":              "files of format 1 say in notes what is typed today",
	"sim/fingerprint.go":          "hashes what was a note in format 1",
	"sim/eventjson.go":            "writes whole events",
	"sim/check/faultshappened.go": "says in a sentence why a fault was not proven",
	"sim/check/keptup.go":         "says in a sentence what was late",
	"backends/locktest/judge.go":  "compares whole histories",
	"backends/locktest/live.go":   "says why a fault was not proven",
	"backends/locktest/story.go":  "tells events to people",
}

// readsLanes lists the code that may turn the name of a fault back into a fault.
var readsLanes = map[string]string{
	"sim/format1.go":                "files of format 1 have nothing but names",
	"sim/historytest/transcript.go": "tests write faults as people call them",
}

// TestWhatIsForPeopleIsNotParsed checks that whatever a machine needs to know has its own field:
// outside of reports nothing decides anything by the note of an event, and nothing derives a fault
// from its name.
func TestWhatIsForPeopleIsNotParsed(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the code and runs none of it")
	}
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
		Dir:  "..",
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		folder := strings.TrimPrefix(p.PkgPath, module)
		for _, file := range p.Syntax {
			name := folder + "/" + filepath.Base(p.Fset.Position(file.Pos()).Filename)
			for _, use := range usesOfText(file, p.TypesInfo) {
				allowed := readsLanes[name] != ""
				if use.what == aNote {
					allowed = readsNotes[name] != "" || strings.HasPrefix(folder, "reports/")
				}
				used[name] = true
				if !allowed {
					t.Errorf("%s:%d: %s", name, p.Fset.Position(use.at).Line, use.what)
				}
			}
		}
	}
	for _, list := range []map[string]string{readsNotes, readsLanes} {
		for name := range list {
			if !used[name] {
				t.Errorf("%s reads no text for people: the list is out of date", name)
			}
		}
	}
}

// textUse is a place that reads text meant for people.
type textUse struct {
	at   token.Pos
	what string
}

// What is wrong at such a place.
const (
	aNote = "the note of an event is read, which is for people: give the event a field of its own"
	aLane = "the name of a fault is taken apart, which is for people: ask sim.Header.FaultOf"
)

// takesApart lists prefixes of the names of functions that look into a text.
var takesApart = []string{
	"strings.Contains", "strings.Count", "strings.Cut", "strings.Fields", "strings.HasPrefix", "strings.HasSuffix",
	"strings.Index", "strings.LastIndex", "strings.Split", "strings.Trim", "regexp.",
}

// usesOfText finds the places where a file reads notes of events, makes faults from their names, or
// takes those names apart: by slicing them, or with a function in takesApart.
func usesOfText(file *ast.File, info *types.Info) (uses []textUse) {
	set := map[ast.Expr]bool{} // written to, not read
	lanes := map[types.Object]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for i, left := range a.Lhs {
				set[left] = true
				if id, is := left.(*ast.Ident); is && len(a.Lhs) == len(a.Rhs) && isLane(a.Rhs[i], info, nil) {
					lanes[info.ObjectOf(id)] = true
				}
			}
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if x.Sel.Name == "Note" && !set[x] && listName(deref(info.TypeOf(x.X))) == "sim.Event" {
				uses = append(uses, textUse{x.Pos(), aNote})
			}
		case *ast.CallExpr:
			of := funcName(x, info)
			taken := slices.ContainsFunc(takesApart, func(begin string) bool { return strings.HasPrefix(of, begin) })
			if of == module+"sim.ReadLane" || of == module+"sim.Upgrade" ||
				taken && slices.ContainsFunc(x.Args, func(arg ast.Expr) bool { return isLane(arg, info, lanes) }) {
				uses = append(uses, textUse{x.Pos(), aLane})
			}
		case *ast.SliceExpr:
			if isLane(x.X, info, lanes) {
				uses = append(uses, textUse{x.Pos(), aLane})
			}
		}
		return true
	})
	return uses
}

// isLane reports whether an expression is the name of a fault.
func isLane(e ast.Expr, info *types.Info, lanes map[types.Object]bool) bool {
	switch x := e.(type) {
	case *ast.Ident:
		return lanes[info.ObjectOf(x)]
	case *ast.CallExpr:
		of := funcName(x, info)
		return slices.Contains([]string{"Lane", "LaneOf", "LaneWith"}, of[strings.LastIndex(of, ".")+1:]) && strings.Contains(of, module+"sim")
	}
	return false
}

// funcName returns the full name of the called function; empty if it has none.
func funcName(call *ast.CallExpr, info *types.Info) string {
	var id *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return ""
	}
	if f, ok := info.Uses[id].(*types.Func); ok {
		return f.FullName()
	}
	return ""
}

func deref(t types.Type) types.Type {
	if p, ok := t.(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// TestTextThatIsParsedIsRecognised checks that the test above can fail.
func TestTextThatIsParsedIsRecognised(t *testing.T) {
	const src = `package sim
type text struct{}
func (text) cut(string) {}
var strings text
type Event struct{ Note string }
type Fault struct{}
func (Fault) Lane() string { return "" }
func ReadLane(string) {}
func f(e *Event, all []Event, fault Fault) string {
	e.Note = "written"      // line 10
	all[0].Note += "read"
	if e.Note == "" {       // line 12
		return all[0].Note  // line 13
	}
	ReadLane("pause")       // line 15
	lane := fault.Lane()
	_ = fault.Lane()[2:]    // line 17
	_ = lane[1:]            // line 18
	strings.cut(lane)
	return lane
}`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	if _, err := new(types.Config).Check(module+"sim", fset, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, use := range usesOfText(file, info) {
		got = append(got, fmt.Sprint(fset.Position(use.at).Line))
	}
	if want := []string{"12", "13", "15", "17", "18"}; !slices.Equal(got, want) {
		t.Errorf("recognised in lines %q, expected %q", got, want)
	}
}
