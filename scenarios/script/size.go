package script

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// sizeMark marks the places of a script where the size of its fault goes.
const sizeMark = "$size"

// Size is how large the fault of a script is. The same script with another size says how much of
// the fault a lock bears.
type Size struct {
	Name string       // what the number is: "how long the holder is paused"
	Unit amount.Unit  // of At
	At   float64      // in the script as it runs, more than 0 in the file
	Of   []sim.HostID // with the unit hosts: the hosts of which the first At are taken
}

// Most returns the largest size that makes sense; it may be infinite.
func (s *Size) Most() float64 {
	_, most := s.Unit.Bounds()
	if s.Unit == amount.Hosts {
		return float64(len(s.Of))
	}
	return most
}

// Text returns the size as the script has it: "1.5ttl".
func (s *Size) Text() string { return amount.Of(sizeMark, s.At, s.Unit, s.Of).Text() }

// fits returns an error if the size is none that the fault can have.
func (s *Size) fits() error {
	least, most := s.Unit.Bounds()
	switch most = min(most, s.Most()); {
	case s.At < least || s.At > most || math.IsNaN(s.At):
		if math.IsInf(most, 1) {
			return fmt.Errorf("%v or more", least)
		}
		return fmt.Errorf("%v to %v", least, most)
	case s.Unit == amount.Hosts && s.At != math.Trunc(s.At):
		return errors.New("a whole number of hosts")
	}
	return nil
}

// in returns the script's syntax tree with the size in it.
func (s *Size) in(root ast.Node) ast.Node {
	if s == nil {
		return root
	}
	return amount.Of(sizeMark, s.At, s.Unit, s.Of).In(root)
}

// explain adds to an error what the size was, if the error may be due to it.
func (s *Size) explain(err error) error {
	bad, is := errors.AsType[*strict.Error](err)
	if !is || bad.Todo != "" || !strings.Contains(bad.Text, sizeMark) {
		return err
	}
	bad.Todo = fmt.Sprintf("say how large %s is, for example size: {name: how long the holder is paused, unit: ttl, at: 1.5}", sizeMark)
	if s != nil {
		bad.Todo = fmt.Sprintf("this happens with %s = %s", sizeMark, s.Text())
	}
	return bad
}

// Sized returns the same scenario with its fault of another size, of which the script expects nothing.
// The error says why there is none.
func (s *Scenario) Sized(x float64) (*Scenario, error) {
	if s.Size == nil {
		return nil, fmt.Errorf("scenario %s has a fault without a size; expected a scenario with the key size", s.Name)
	}
	size := *s.Size
	size.At = x
	if err := size.fits(); err != nil {
		return nil, fmt.Errorf("scenario %s: %s is %v; expected %w", s.Name, size.Name, x, err)
	}
	out, err := s.written.at(&size)
	if err != nil {
		return nil, err
	}
	out.Builtin, out.Battery = s.Builtin, s.Battery
	if x != s.Size.At {
		out.Expect = nil
	}
	return out, nil
}

// fileSize is the size of a fault as it was written.
type fileSize struct {
	strict.Place `yaml:"-"`
	Name         strict.Word  `yaml:"name" doc:"what the number is, such as how long the holder is paused"`
	Unit         strict.Word  `yaml:"unit" doc:"ttl (leases), s, ms, percent (of a clock that is too fast), percent-slow, probability, or hosts"`
	At           strict.Real  `yaml:"at" doc:"the number, unless the scenario is run with another one; more than 0"`
	Of           strict.Words `yaml:"of,omitempty" doc:"with hosts: the hosts of which the first, the first two and so on are taken"`
}

// readSize reads the size of a script's fault before anything else, since the rest depends on it.
// nil means that the file gives none.
func readSize(s *strict.Source, root ast.Node) (*Size, error) {
	n := strict.ValueOf(root, "size")
	if n == nil {
		return nil, nil
	}
	var f fileSize
	if err := s.Decode("size", n, reflect.ValueOf(&f).Elem()); err != nil {
		return nil, err
	}
	size := &Size{Name: f.Name.Text, Unit: amount.Unit(f.Unit.Text), At: f.At.Value}
	for _, w := range f.Of.List {
		size.Of = append(size.Of, sim.HostID(w.Text))
	}
	if !size.Unit.Known() {
		return nil, s.Fail(f.Unit.Place, "there is no unit "+strict.Quoted(f.Unit.Text), strict.Listed(amount.UnitNames()), strict.DidYouMean(f.Unit.Text, amount.UnitNames()))
	}
	if (size.Unit == amount.Hosts) != f.Of.Given() {
		return nil, s.Fail(f.Unit.Place, "unit: hosts and the list of hosts under of go together, but one of them is missing", "unit: hosts with of: [redis-1, redis-2], or neither", "")
	}
	if size.At <= 0 {
		return nil, s.Fail(f.At.Place, fmt.Sprintf("at is %v", size.At), "more than 0", "a size of 0 would mean that nothing goes wrong")
	}
	if err := size.fits(); err != nil {
		return nil, s.Fail(f.At.Place, fmt.Sprintf("at is %v", size.At), err.Error(), "")
	}
	if !amount.Marked(root, sizeMark) {
		return nil, s.Fail(f.Place, "nothing in the script depends on its size", sizeMark+" in a step", "for example do: {pause: {host: client-1, for: "+sizeMark+"}}")
	}
	return size, nil
}

// WithOwnSize returns a script's syntax tree with the size in it that the file gives.
func WithOwnSize(s *strict.Source, root ast.Node) (ast.Node, error) {
	size, err := readSize(s, root)
	return size.in(root), err
}
