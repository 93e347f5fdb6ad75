package sweep

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

// fileSweepBase names the scenario that a sweep runs instead of a script of its own.
type fileSweepBase struct {
	strict.Place `yaml:"-"`
	Scenario     strict.Word `yaml:"scenario" doc:"a built-in scenario, or the file of one, from the folder of the sweep's file"`
	Set          fileSets    `yaml:"set,omitempty" doc:"places in the scenario and what stands there instead, such as {steps.1.do.pause.for: $x}"`
}

func (*fileSweepBase) Noun() string { return "script" }

// fileSets lists places in a scenario and what replaces their contents.
type fileSets struct {
	strict.Place
	list []strict.Option
}

func (f *fileSets) Read(s *strict.Source, name string, n ast.Node) error {
	var o strict.Options
	err := o.Read(s, name, n)
	f.Place, f.list = o.Place, o.List
	return err
}

func (f *fileSweepScript) Read(s *strict.Source, name string, n ast.Node) error {
	if strict.ValueOf(n, "scenario") != nil {
		f.Place = strict.At(n)
		return s.DecodeFields(name, n, &f.base)
	}
	return s.DecodeFields(name, n, f)
}

// sweepBase is the scenario that a sweep runs, with the placeholder in it.
type sweepBase struct {
	*strict.Source
	root ast.Node
	name string
}

// findBase reads the scenario that the script names, if any.
func (l *loader) findBase(root ast.Node, file ScenarioFile) error {
	n := strict.ValueOf(root, "script")
	if strict.ValueOf(n, "scenario") == nil {
		return nil
	}
	var f fileSweepScript
	if err := l.Decode("script", n, reflect.ValueOf(&f).Elem()); err != nil {
		return err
	}
	name := f.base.Scenario
	path, src, err := name.Text, []byte(nil), error(nil)
	switch isFile := strings.ContainsAny(path, "./\\"); {
	case isFile && file == nil, !isFile && !slices.Contains(scenarios.BuiltinNames(), path):
		return l.Fail(name.Place, "there is no scenario "+strict.Quoted(path), "a built-in scenario, or a file relative to the sweep's folder, such as ./my-scenario.yaml", strict.DidYouMean(path, scenarios.BuiltinNames()))
	case isFile:
		path, src, err = file(path)
	default:
		path = scenarios.Path(name.Text)
		src, err = scenarios.Source(name.Text)
	}
	if err != nil {
		return l.Fail(name.Place, fmt.Sprintf("the scenario %s cannot be read: %v", strict.Quoted(name.Text), err), "a scenario file, relative to the sweep's folder", "")
	}
	s, base, err := strict.Parse(path, src)
	if err != nil {
		return err
	}
	if base, err = script.WithOwnSize(s, base); err != nil {
		return err
	}
	l.base = &sweepBase{Source: s, root: base, name: name.Text}
	for _, set := range f.base.Set.list {
		if l.base.root, err = l.base.set(l.base.root, strings.Split(set.Name.Text, "."), set.Value.Text); err != nil {
			return l.Fail(set.Name.Place, fmt.Sprintf("%s has nothing at %s: %v", name.Text, set.Name.Text, err), "keys and numbers separated by dots, such as steps.1.do.pause.for", "")
		}
	}
	return nil
}

// set returns a copy of the tree in which a word replaces the node at a path. The path consists of
// keys and of item numbers from 1. The word takes the node's position, so errors point there.
func (b *sweepBase) set(n ast.Node, path []string, text string) (ast.Node, error) {
	if len(path) == 0 {
		token := *n.GetToken()
		token.Value = text
		return ast.String(&token), nil
	}
	switch n := n.(type) {
	case *ast.MappingValueNode: // a mapping with a single key
		if !strict.IsKey(n, path[0]) {
			return nil, fmt.Errorf("there is no %s, expected %s", strict.Quoted(path[0]), n.Key.GetToken().Value)
		}
		inner, err := b.set(n.Value, path[1:], text)
		c := *n
		c.Value = inner
		return &c, err
	case *ast.MappingNode:
		c := *n
		c.Values = nil
		var names []string
		found := false
		for _, v := range n.Values {
			names = append(names, v.Key.GetToken().Value)
			if strict.IsKey(v, path[0]) {
				inner, err := b.set(v, path, text)
				if err != nil {
					return nil, err
				}
				v, found = inner.(*ast.MappingValueNode), true
			}
			c.Values = append(c.Values, v)
		}
		if !found {
			return nil, fmt.Errorf("there is no %s, expected %s", strict.Quoted(path[0]), strict.Listed(names))
		}
		return &c, nil
	case *ast.SequenceNode:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 1 || i > len(n.Values) {
			return nil, fmt.Errorf("there is no %s, expected 1 to %d", strict.Quoted(path[0]), len(n.Values))
		}
		c := *n
		c.Values = append([]ast.Node(nil), n.Values...)
		c.Values[i-1], err = b.set(n.Values[i-1], path[1:], text)
		return &c, err
	}
	return nil, fmt.Errorf("the part before %s has nothing below it", strict.Quoted(path[0]))
}

// script returns the part of the scenario that a sweep runs, at one value.
func (b *sweepBase) script(with amount.Value) (fileSweepScript, error) {
	var f script.File
	if err := b.Decode("the scenario", with.In(b.root), reflect.ValueOf(&f).Elem()); err != nil {
		return fileSweepScript{}, err
	}
	return fileSweepScript{
		Place: f.Place, TTL: f.TTL, Clients: f.Clients, Workload: f.Workload, Client: f.Client, Lock: f.Lock, Steps: f.Steps, Until: f.Until,
	}, nil
}

// noSteps refuses a line that adds steps to a scenario in another file.
func (l *loader) noSteps(line fileSweepLine) error {
	if l.base == nil || len(line.Steps) == 0 {
		return nil
	}
	return l.Fail(line.Steps[0].Place, "this line has steps, but the script is the scenario "+l.base.name, "no steps", "put them in the scenario's file, or give the sweep its own script")
}

// onBase makes sure that a line fits a scenario in another file.
func (l *loader) onBase(f fileSweep, line fileSweepLine) error {
	guard := f.Guard
	if line.Guard.Given() {
		guard = line.Guard
	}
	if !amount.Marked(l.base.root, placeholder) {
		return l.Fail(f.Script.Place, "nothing in the scenario "+l.base.name+" changes", placeholder+" somewhere in it, or set", "for example set: {steps.1.do.pause.for: "+placeholder+"}")
	}
	return script.CheckServices(l.Source, l.known, script.File{
		Backends: strict.Words{Place: line.Backend.Place, List: []strict.Word{line.Backend}}, Guards: strict.Words{Place: guard.Place, List: []strict.Word{guard}},
	})
}
