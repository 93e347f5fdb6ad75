package sweep

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Bounds of a sweep. A chart cannot show more.
const (
	maxValues = 200
	maxLines  = 8
)

// ScenarioFile reads the scenario file that a sweep names, and returns its path too.
type ScenarioFile func(name string) (path string, src []byte, err error)

// Load reads a sweep and checks it completely, including its script at each of the values.
// file is used in messages only. The error is a *strict.Error with the first problem. scenario reads a
// scenario file that the sweep names; if nil, it can name only built-in ones.
func Load(file string, src []byte, known script.Known, scenario ScenarioFile) (*Sweep, error) {
	s, root, err := strict.Parse(file, src)
	if err != nil {
		return nil, err
	}
	l := loader{Source: s, known: known, out: &Sweep{File: file}}
	if err := l.findBase(root, scenario); err != nil {
		return nil, err
	}
	parameter := strict.ValueOf(root, "parameter")
	if parameter == nil {
		return nil, s.Fail(strict.At(root), "the sweep has no key parameter", "a key parameter: the number that changes", "")
	}
	if err := s.Decode("parameter", parameter, reflect.ValueOf(&l.parameter).Elem()); err != nil {
		return nil, err
	}
	if err := l.resolveParameter(); err != nil {
		return nil, err
	}
	for i, x := range l.out.Parameter.Values {
		if err := l.value(root, i == 0, l.out.Parameter.amount(x)); err != nil {
			return nil, l.explain(err, x)
		}
	}
	return l.out, nil
}

// loader turns what the file says into a Sweep.
type loader struct {
	*strict.Source
	known     script.Known
	parameter fileParameter
	base      *sweepBase // the scenario that the script names; nil if it names none
	out       *Sweep
}

// resolveParameter resolves the parameter and lists its values.
func (l *loader) resolveParameter() error {
	f, p := &l.parameter, &l.out.Parameter
	p.Name, p.Unit = f.Name.Text, amount.Unit(f.Unit.Text)
	if !p.Unit.Known() {
		names := amount.UnitNames()
		return l.Fail(f.Unit.Place, "there is no unit "+strict.Quoted(f.Unit.Text), strict.Listed(names), strict.DidYouMean(f.Unit.Text, names))
	}
	ranged := f.From.Given() || f.To.Given() || f.Step.Given()
	switch {
	case ranged == f.Values.Given():
		return l.Fail(f.Place, "parameter must give its values in exactly one way", "values, or from, to and step", "")
	case ranged && !(f.From.Given() && f.To.Given() && f.Step.Given()):
		return l.Fail(f.Place, "parameter does not have all of from, to and step", "all three of them, or values", "")
	case ranged && (f.Step.Value <= 0 || f.To.Value <= f.From.Value || (f.To.Value-f.From.Value)/f.Step.Value > maxValues):
		return l.Fail(f.Step.Place, fmt.Sprintf("from %v to %v by %v is not a range", f.From.Value, f.To.Value, f.Step.Value),
			fmt.Sprintf("a step above 0 that yields 2 to %d values", maxValues), "")
	case ranged:
		for i := 0; ; i++ {
			x := amount.Round(f.From.Value + float64(i)*f.Step.Value)
			if x > f.To.Value {
				break
			}
			p.Values = append(p.Values, x)
		}
	}
	for _, each := range f.Values.list {
		p.Values = append(p.Values, each.Value)
	}
	if len(p.Values) < 2 || len(p.Values) > maxValues {
		return l.Fail(f.Place, fmt.Sprintf("parameter has %d values", len(p.Values)), fmt.Sprintf("2 to %d", maxValues), "")
	}
	if err := l.hostsOf(f, p); err != nil {
		return err
	}
	p.Within = l.within(f, *p)
	return nil
}

// hostsOf resolves the hosts that the parameter counts.
func (l *loader) hostsOf(f *fileParameter, p *Parameter) error {
	for _, w := range f.Of.List {
		p.Of = append(p.Of, sim.HostID(w.Text))
	}
	if (p.Unit == amount.Hosts) != f.Of.Given() {
		return l.Fail(f.Unit.Place, "unit: hosts and the list of hosts under of go together, but one of them is missing", "unit: hosts with of: [redis-1, redis-2], or neither", "")
	}
	if p.Unit != amount.Hosts {
		return nil
	}
	for _, x := range p.Values {
		if x < 0 || x > float64(len(p.Of)) || x != math.Trunc(x) {
			return l.Fail(f.Place, fmt.Sprintf("%v of %d hosts is not possible", x, len(p.Of)), fmt.Sprintf("whole numbers from 0 to %d", len(p.Of)), "")
		}
	}
	return nil
}

// within returns how far from the derived place a property may turn: what the file says, or the
// smallest step between two values, or 0 for hosts.
func (l *loader) within(f *fileParameter, p Parameter) float64 {
	switch {
	case f.Within.Given():
		return math.Abs(f.Within.Value)
	case p.Unit == amount.Hosts:
		return 0
	}
	least := math.Inf(1)
	for i, x := range p.Values[1:] {
		least = min(least, amount.Round(x-p.Values[i]))
	}
	return least
}

// value resolves the script at one value and, at the first one, everything else too.
func (l *loader) value(root ast.Node, first bool, with amount.Value) error {
	var f fileSweep
	if err := l.Decode("the sweep", inScript(root, with), reflect.ValueOf(&f).Elem()); err != nil {
		return err
	}
	if first {
		if err := l.about(root, f); err != nil {
			return err
		}
	}
	if l.base != nil {
		var err error
		if f.Script, err = l.base.script(with); err != nil {
			return err
		}
	}
	for i, line := range f.Lines {
		if err := l.noSteps(line); err != nil {
			return err
		}
		one, err := l.script(f, line)
		if err != nil {
			return err
		}
		discipline := one.Workload.Disciplines[0].String()
		l.out.About.Lines[i].Discipline, l.out.lines[i].Discipline = discipline, discipline
		l.out.lines[i].scripts = append(l.out.lines[i].scripts, one)
		l.out.TTL = one.TTL
	}
	return nil
}

// inScript puts the value into the scripts of a sweep and leaves everything else alone.
func inScript(root ast.Node, with amount.Value) ast.Node {
	m, ok := root.(*ast.MappingNode)
	if !ok {
		return root
	}
	c := *m
	c.Values = nil
	for _, v := range m.Values {
		if strict.IsKey(v, "script") || strict.IsKey(v, "lines") {
			v = with.In(v).(*ast.MappingValueNode)
		}
		c.Values = append(c.Values, v)
	}
	return &c
}

// about resolves what does not depend on the value.
func (l *loader) about(root ast.Node, f fileSweep) error {
	if !strict.IsName(f.Sweep.Text) {
		return l.Fail(f.Sweep.Place, fmt.Sprintf("sweep is %s, which is not a valid name", strict.Quoted(f.Sweep.Text)), "lower-case letters, digits and hyphens, such as pause", "")
	}
	if !slices.Contains(check.Properties(), check.Property(f.Property.Text)) {
		return l.Fail(f.Property.Place, "there is no property "+strict.Quoted(f.Property.Text), strict.Listed(script.PropertyNames()), strict.DidYouMean(f.Property.Text, script.PropertyNames()))
	}
	if len(f.Lines) > maxLines {
		return l.Fail(f.Lines[maxLines].Place, fmt.Sprintf("there are %d lines", len(f.Lines)), fmt.Sprintf("at most %d", maxLines), "")
	}
	a := &l.out.About
	a.Name, a.Title, a.Text, a.Property, a.World = f.Sweep.Text, f.Title.Text, f.Text.Text, check.Property(f.Property.Text), sim.VirtualWorld
	for i, each := range f.Lines {
		line, err := l.line(f, each)
		if err != nil {
			return err
		}
		if l.base != nil {
			if err := l.onBase(f, each); err != nil {
				return err
			}
		} else if !amount.Marked(strict.ValueOf(root, "script"), placeholder) && !amount.Marked(strict.ValueOf(strict.ValueOf(root, "lines").(*ast.SequenceNode).Values[i], "steps"), placeholder) {
			return l.Fail(each.Place, "nothing in this line's script changes", placeholder+" somewhere in script, or in the line's steps", "")
		}
		for _, earlier := range a.Lines {
			if earlier.Name == line.Name {
				return l.Fail(each.Place, "two lines are called "+strict.Quoted(line.Name), "a different name for each line", "")
			}
		}
		a.Lines = append(a.Lines, line)
		l.out.lines = append(l.out.lines, scriptedLine{Line: line})
	}
	return nil
}

// line resolves one line except its script.
func (l *loader) line(f fileSweep, each fileSweepLine) (Line, error) {
	guard := f.Guard
	if each.Guard.Given() {
		guard = each.Guard
	}
	line := Line{
		Name: each.Name.Text, Backend: each.Backend.Text, Guard: guard.Text,
		Condition: each.Condition.Text, Because: each.Because.Text,
	}
	if line.Name == "" {
		line.Name = fmt.Sprintf("%s, guard %s", line.Backend, line.Guard)
	}
	p := l.out.Parameter
	switch {
	case each.Violated.Given() == each.Chance.Given():
		return line, l.Fail(each.Place, "this line must say in exactly one way what is derived", "violated or chance", "")
	case each.Chance.Given():
		line.Derived = each.Chance.points
	default:
		line.Derived = each.Violated.curve(p.Unit)
	}
	if each.Chance.Given() {
		return line, l.testable(each.Chance.Place, p, line.Derived, false)
	}
	return line, l.testable(each.Violated.Place, p, line.Derived, true)
}

// testable refuses a condition that no measurement could contradict. On each side of a threshold,
// and before the next one, there must be a value that leaves no doubt.
func (l *loader) testable(at strict.Place, p Parameter, d Derived, threshold bool) error {
	doubtful := func(x float64) bool { least, most := p.Derived(d, x); return least == 0 && most == 1 }
	certain := func(from, to, share float64) bool {
		return slices.ContainsFunc(p.Values, func(x float64) bool {
			least, most := p.Derived(d, x)
			return from < x && x < to && least == share && most == share
		})
	}
	const todo = "a value on each side, farther away than within allows"
	if !slices.ContainsFunc(p.Values, func(x float64) bool { return !doubtful(x) }) {
		return l.Fail(at, "no value of the parameter could contradict this", todo, "")
	}
	for i, point := range d {
		if from, to := d.level(i); threshold && !certain(from, to, point.P) {
			return l.Fail(at, "no value of the parameter could contradict this "+beyond(from, to), todo, "")
		}
	}
	return nil
}

// explain adds to the error which value the script had, if the error may be due to it.
func (l *loader) explain(err error, x float64) error {
	var bad *strict.Error
	if errors.As(err, &bad) && bad.Todo == "" && (l.base != nil || strings.Contains(bad.Text, placeholder)) {
		bad.Todo = fmt.Sprintf("this happens with %s = %s", placeholder, l.out.Parameter.amount(x).Text())
	}
	return err
}
