package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

// script builds the scenario of one line at one value.
func (l *loader) script(f fileSweep, line fileSweepLine) (*script.Scenario, error) {
	guard := f.Guard
	if line.Guard.Given() {
		guard = line.Guard
	}
	source := l.Source
	if l.base != nil {
		source = l.base.Source
	}
	file := script.File{
		Scenario: f.Sweep, Title: f.Title, Claims: f.Claims, Text: f.Text,
		TTL: f.Script.TTL, Clients: f.Script.Clients, Workload: f.Script.Workload, Client: f.Script.Client, Lock: f.Script.Lock, Until: f.Script.Until,
		Steps:    slices.Concat(line.Steps, f.Script.Steps),
		Backends: strict.Words{Place: line.Backend.Place, List: []strict.Word{line.Backend}}, Guards: strict.Words{Place: guard.Place, List: []strict.Word{guard}},
	}
	if line.Discipline.Given() {
		with, have := file.Workload.With(line.Discipline)
		if !have {
			return nil, l.Fail(line.Discipline.Place, "this line has a discipline", "none: clients that add elements take no lock", "leave discipline out")
		}
		file.Workload = with
	}
	// Drop an option that this backend lacks if another line has it.
	file.Lock.List = slices.DeleteFunc(slices.Clone(f.Script.Lock.List), func(o strict.Option) bool {
		return !l.hasOption(line.Backend, o.Name.Text) && slices.ContainsFunc(f.Lines, func(other fileSweepLine) bool { return l.hasOption(other.Backend, o.Name.Text) })
	})
	one, err := script.LoadPart(source, l.known, l.out.File, file)
	if err != nil {
		return nil, err
	}
	if n := len(one.Workload.Disciplines); n > 1 {
		return nil, l.Fail(line.Place, fmt.Sprintf("this line's clients have %d disciplines: %s", n, strict.Listed(script.DisciplineTexts(one.Workload.Disciplines))), "one discipline", "give each its own line, with the key discipline")
	}
	l.out.Claims = one.Claims
	return one, nil
}

func (l *loader) hasOption(spec strict.Word, name string) bool {
	backend, _, _ := strings.Cut(spec.Text, "+")
	b, err := l.known.Registry.Find(backend)
	return err == nil && slices.ContainsFunc(b.Options(), func(o backends.Option) bool { return o.Name == name })
}
