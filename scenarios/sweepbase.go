package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// fileSweepBase names the scenario that a sweep runs instead of a script of its own.
type fileSweepBase struct {
	place    `yaml:"-"`
	Scenario word     `yaml:"scenario" doc:"a built-in scenario, or the file of one, from the folder of the sweep's file"`
	Set      fileSets `yaml:"set,omitempty" doc:"places in the scenario and what stands there instead, such as {steps.1.do.pause.for: $x}"`
}

func (*fileSweepBase) noun() string { return "script" }

// fileSets lists places in a scenario and what replaces their contents.
type fileSets struct {
	place
	list []option
}

func (f *fileSets) read(s *source, name string, n ast.Node) error {
	var o options
	err := o.read(s, name, n)
	f.place, f.list = o.place, o.list
	return err
}

func (f *fileSweepScript) read(s *source, name string, n ast.Node) error {
	if valueOf(n, "scenario") != nil {
		f.place = at(n)
		return s.decodeFields(name, n, &f.base)
	}
	return s.decodeFields(name, n, f)
}

// sweepBase is the scenario that a sweep runs, with the placeholder in it.
type sweepBase struct {
	*source
	root ast.Node
	name string
}

// findBase reads the scenario that the script names, if any.
func (l *sweepLoader) findBase(root ast.Node, file ScenarioFile) error {
	n := valueOf(root, "script")
	if valueOf(n, "scenario") == nil {
		return nil
	}
	var f fileSweepScript
	if err := l.decode("script", n, reflect.ValueOf(&f).Elem()); err != nil {
		return err
	}
	name := f.base.Scenario
	path, src, err := name.text, []byte(nil), error(nil)
	switch isFile := strings.ContainsAny(path, "./\\"); {
	case isFile && file == nil, !isFile && !slices.Contains(BuiltinNames(), path):
		return l.fail(name.place, "there is no scenario "+quoted(path), "a built-in scenario, or a file relative to the sweep's folder, such as ./my-scenario.yaml", didYouMean(path, BuiltinNames()))
	case isFile:
		path, src, err = file(path)
	default:
		path = "scripts/" + name.text + ".yaml"
		src, err = Source(name.text)
	}
	if err != nil {
		return l.fail(name.place, fmt.Sprintf("the scenario %s cannot be read: %v", quoted(name.text), err), "a scenario file, relative to the sweep's folder", "")
	}
	s, base, err := parse(path, src)
	if err != nil {
		return err
	}
	l.base = &sweepBase{source: s, root: base, name: name.text}
	for _, set := range f.base.Set.list {
		if l.base.root, err = l.base.set(l.base.root, strings.Split(set.name.text, "."), set.value.text); err != nil {
			return l.fail(set.name.place, fmt.Sprintf("%s has nothing at %s: %v", name.text, set.name.text, err), "keys and numbers separated by dots, such as steps.1.do.pause.for", "")
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
		if !isKey(n, path[0]) {
			return nil, fmt.Errorf("there is no %s, expected %s", quoted(path[0]), n.Key.GetToken().Value)
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
			if isKey(v, path[0]) {
				inner, err := b.set(v, path, text)
				if err != nil {
					return nil, err
				}
				v, found = inner.(*ast.MappingValueNode), true
			}
			c.Values = append(c.Values, v)
		}
		if !found {
			return nil, fmt.Errorf("there is no %s, expected %s", quoted(path[0]), listed(names))
		}
		return &c, nil
	case *ast.SequenceNode:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 1 || i > len(n.Values) {
			return nil, fmt.Errorf("there is no %s, expected 1 to %d", quoted(path[0]), len(n.Values))
		}
		c := *n
		c.Values = append([]ast.Node(nil), n.Values...)
		c.Values[i-1], err = b.set(n.Values[i-1], path[1:], text)
		return &c, err
	}
	return nil, fmt.Errorf("the part before %s has nothing below it", quoted(path[0]))
}

// script returns the part of the scenario that a sweep runs, at one value.
func (b *sweepBase) script(with puts) (fileSweepScript, error) {
	var f fileScenario
	if err := b.decode("the scenario", with.in(b.root), reflect.ValueOf(&f).Elem()); err != nil {
		return fileSweepScript{}, err
	}
	return fileSweepScript{
		place: f.place, TTL: f.TTL, Clients: f.Clients, Workload: f.Workload, Client: f.Client, Lock: f.Lock, Steps: f.Steps, Until: f.Until,
	}, nil
}

// noSteps refuses a line that adds steps to a scenario in another file.
func (l *sweepLoader) noSteps(line fileSweepLine) error {
	if l.base == nil || len(line.Steps) == 0 {
		return nil
	}
	return l.fail(line.Steps[0].place, "this line has steps, but the script is the scenario "+l.base.name, "no steps", "put them in the scenario's file, or give the sweep its own script")
}

// onBase makes sure that a line fits a scenario in another file.
func (l *sweepLoader) onBase(f fileSweep, line fileSweepLine) error {
	guard := f.Guard
	if line.Guard.given() {
		guard = line.Guard
	}
	if !hasPlaceholder(l.base.root) {
		return l.fail(f.Script.place, "nothing in the scenario "+l.base.name+" changes", placeholder+" somewhere in it, or set", "for example set: {steps.1.do.pause.for: "+placeholder+"}")
	}
	one := loader{source: l.source, known: l.known, out: &Scenario{}, file: fileScenario{
		Backends: words{line.Backend.place, []word{line.Backend}}, Guards: words{guard.place, []word{guard}},
	}}
	if err := one.lockServices(); err != nil {
		return err
	}
	return one.guards()
}
