package scenarios

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

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

// LoadSweep reads a sweep and checks it completely, including its script at each of the values.
// file is used in messages only. The error is a *LoadError with the first problem. scenario reads a
// scenario file that the sweep names; if nil, it can name only built-in ones.
func LoadSweep(file string, src []byte, known Known, scenario ScenarioFile) (*Sweep, error) {
	s, root, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	l := sweepLoader{source: s, known: known, out: &Sweep{File: file}}
	if err := l.findBase(root, scenario); err != nil {
		return nil, err
	}
	parameter := valueOf(root, "parameter")
	if parameter == nil {
		return nil, s.fail(at(root), "the sweep has no key parameter", "a key parameter: the number that changes", "")
	}
	if err := s.decode("parameter", parameter, reflect.ValueOf(&l.parameter).Elem()); err != nil {
		return nil, err
	}
	if err := l.resolveParameter(); err != nil {
		return nil, err
	}
	for i, x := range l.out.Parameter.Values {
		if err := l.value(root, i == 0, l.out.Parameter.put(x)); err != nil {
			return nil, l.explain(err, x)
		}
	}
	return l.out, nil
}

// sweepLoader turns what the file says into a Sweep.
type sweepLoader struct {
	*source
	known     Known
	parameter fileParameter
	base      *sweepBase // the scenario that the script names; nil if it names none
	out       *Sweep
}

// resolveParameter resolves the parameter and lists its values.
func (l *sweepLoader) resolveParameter() error {
	f, p := &l.parameter, &l.out.Parameter
	p.Name, p.Unit = f.Name.text, SweepUnit(f.Unit.text)
	if !slices.Contains(SweepUnits(), p.Unit) {
		var names []string
		for _, u := range SweepUnits() {
			names = append(names, string(u))
		}
		return l.fail(f.Unit.place, "there is no unit "+quoted(f.Unit.text), listed(names), didYouMean(f.Unit.text, names))
	}
	ranged := f.From.given() || f.To.given() || f.Step.given()
	switch {
	case ranged == f.Values.given():
		return l.fail(f.place, "parameter must give its values in exactly one way", "values, or from, to and step", "")
	case ranged && !(f.From.given() && f.To.given() && f.Step.given()):
		return l.fail(f.place, "parameter does not have all of from, to and step", "all three of them, or values", "")
	case ranged && (f.Step.value <= 0 || f.To.value <= f.From.value || (f.To.value-f.From.value)/f.Step.value > maxValues):
		return l.fail(f.Step.place, fmt.Sprintf("from %v to %v by %v is not a range", f.From.value, f.To.value, f.Step.value),
			fmt.Sprintf("a step above 0 that yields 2 to %d values", maxValues), "")
	case ranged:
		for i := 0; ; i++ {
			x := round(f.From.value + float64(i)*f.Step.value)
			if x > f.To.value {
				break
			}
			p.Values = append(p.Values, x)
		}
	}
	for _, each := range f.Values.list {
		p.Values = append(p.Values, each.value)
	}
	if len(p.Values) < 2 || len(p.Values) > maxValues {
		return l.fail(f.place, fmt.Sprintf("parameter has %d values", len(p.Values)), fmt.Sprintf("2 to %d", maxValues), "")
	}
	if err := l.hostsOf(f, p); err != nil {
		return err
	}
	p.Within = l.within(f, *p)
	return nil
}

// hostsOf resolves the hosts that the parameter counts.
func (l *sweepLoader) hostsOf(f *fileParameter, p *SweepParameter) error {
	for _, w := range f.Of.list {
		p.Of = append(p.Of, sim.HostID(w.text))
	}
	if (p.Unit == UnitHosts) != f.Of.given() {
		return l.fail(f.Unit.place, "unit: hosts and the list of hosts under of go together, but one of them is missing", "unit: hosts with of: [redis-1, redis-2], or neither", "")
	}
	if p.Unit != UnitHosts {
		return nil
	}
	for _, x := range p.Values {
		if x < 0 || x > float64(len(p.Of)) || x != math.Trunc(x) {
			return l.fail(f.place, fmt.Sprintf("%v of %d hosts is not possible", x, len(p.Of)), fmt.Sprintf("whole numbers from 0 to %d", len(p.Of)), "")
		}
	}
	return nil
}

// within returns how far from the derived place a property may turn: what the file says, or the
// smallest step between two values, or 0 for hosts.
func (l *sweepLoader) within(f *fileParameter, p SweepParameter) float64 {
	switch {
	case f.Within.given():
		return math.Abs(f.Within.value)
	case p.Unit == UnitHosts:
		return 0
	}
	least := math.Inf(1)
	for i, x := range p.Values[1:] {
		least = min(least, round(x-p.Values[i]))
	}
	return least
}

// value resolves the script at one value and, at the first one, everything else too.
func (l *sweepLoader) value(root ast.Node, first bool, with puts) error {
	var f fileSweep
	if err := l.decode("the sweep", with.inScript(root), reflect.ValueOf(&f).Elem()); err != nil {
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
		script, err := l.script(f, line)
		if err != nil {
			return err
		}
		discipline := script.Workload.Disciplines[0].String()
		l.out.SweepAbout.Lines[i].Discipline, l.out.lines[i].Discipline = discipline, discipline
		l.out.lines[i].scripts = append(l.out.lines[i].scripts, script)
		l.out.TTL = script.TTL
	}
	return nil
}

// inScript puts the value into the scripts of a sweep and leaves everything else alone.
func (p puts) inScript(root ast.Node) ast.Node {
	m, ok := root.(*ast.MappingNode)
	if !ok {
		return root
	}
	c := *m
	c.Values = nil
	for _, v := range m.Values {
		if isKey(v, "script") || isKey(v, "lines") {
			v = p.in(v).(*ast.MappingValueNode)
		}
		c.Values = append(c.Values, v)
	}
	return &c
}

// about resolves what does not depend on the value.
func (l *sweepLoader) about(root ast.Node, f fileSweep) error {
	if !namePattern.MatchString(f.Sweep.text) {
		return l.fail(f.Sweep.place, fmt.Sprintf("sweep is %s, which is not a valid name", quoted(f.Sweep.text)), "lower-case letters, digits and hyphens, such as pause", "")
	}
	if !slices.Contains(check.Properties(), check.Property(f.Property.text)) {
		return l.fail(f.Property.place, "there is no property "+quoted(f.Property.text), listed(propertyNames()), didYouMean(f.Property.text, propertyNames()))
	}
	if len(f.Lines) > maxLines {
		return l.fail(f.Lines[maxLines].place, fmt.Sprintf("there are %d lines", len(f.Lines)), fmt.Sprintf("at most %d", maxLines), "")
	}
	a := &l.out.SweepAbout
	a.Name, a.Title, a.Text, a.Property, a.World = f.Sweep.text, f.Title.text, f.Text.text, check.Property(f.Property.text), VirtualWorld
	for i, each := range f.Lines {
		line, err := l.line(f, each)
		if err != nil {
			return err
		}
		if l.base != nil {
			if err := l.onBase(f, each); err != nil {
				return err
			}
		} else if !hasPlaceholder(valueOf(root, "script")) && !hasPlaceholder(valueOf(valueOf(root, "lines").(*ast.SequenceNode).Values[i], "steps")) {
			return l.fail(each.place, "nothing in this line's script changes", placeholder+" somewhere in script, or in the line's steps", "")
		}
		for _, earlier := range a.Lines {
			if earlier.Name == line.Name {
				return l.fail(each.place, "two lines are called "+quoted(line.Name), "a different name for each line", "")
			}
		}
		a.Lines = append(a.Lines, line)
		l.out.lines = append(l.out.lines, sweepLine{SweepLine: line})
	}
	return nil
}

// line resolves one line except its script.
func (l *sweepLoader) line(f fileSweep, each fileSweepLine) (SweepLine, error) {
	guard := f.Guard
	if each.Guard.given() {
		guard = each.Guard
	}
	line := SweepLine{
		Name: each.Name.text, Backend: each.Backend.text, Guard: guard.text,
		Condition: each.Condition.text, Because: each.Because.text,
	}
	if line.Name == "" {
		line.Name = fmt.Sprintf("%s, guard %s", line.Backend, line.Guard)
	}
	p := l.out.Parameter
	switch {
	case each.Violated.given() == each.Chance.given():
		return line, l.fail(each.place, "this line must say in exactly one way what is derived", "violated or chance", "")
	case each.Chance.given():
		line.Derived = each.Chance.points
	default:
		line.Derived = each.Violated.curve(p.Unit)
	}
	if each.Chance.given() {
		return line, l.testable(each.Chance.place, p, line.Derived, false)
	}
	return line, l.testable(each.Violated.place, p, line.Derived, true)
}

// testable refuses a condition that no measurement could contradict. On each side of a threshold,
// and before the next one, there must be a value that leaves no doubt.
func (l *sweepLoader) testable(at place, p SweepParameter, d Derived, threshold bool) error {
	doubtful := func(x float64) bool { least, most := p.Derived(d, x); return least == 0 && most == 1 }
	certain := func(from, to, share float64) bool {
		return slices.ContainsFunc(p.Values, func(x float64) bool {
			least, most := p.Derived(d, x)
			return from < x && x < to && least == share && most == share
		})
	}
	const todo = "a value on each side, farther away than within allows"
	if !slices.ContainsFunc(p.Values, func(x float64) bool { return !doubtful(x) }) {
		return l.fail(at, "no value of the parameter could contradict this", todo, "")
	}
	for i, point := range d {
		if from, to := d.level(i); threshold && !certain(from, to, point.P) {
			return l.fail(at, "no value of the parameter could contradict this "+beyond(from, to), todo, "")
		}
	}
	return nil
}

// explain adds to the error which value the script had, if the error may be due to it.
func (l *sweepLoader) explain(err error, x float64) error {
	var bad *LoadError
	if errors.As(err, &bad) && bad.Todo == "" && (l.base != nil || strings.Contains(bad.Text, placeholder)) {
		bad.Todo = fmt.Sprintf("this happens with %s = %s", placeholder, l.out.Parameter.put(x).text)
	}
	return err
}
