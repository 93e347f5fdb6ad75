package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
)

// script builds the scenario of one line at one value.
func (l *sweepLoader) script(f fileSweep, line fileSweepLine) (*Scenario, error) {
	guard := f.Guard
	if line.Guard.given() {
		guard = line.Guard
	}
	source := l.source
	if l.base != nil {
		source = l.base.source
	}
	file := fileScenario{
		Scenario: f.Sweep, Title: f.Title, Claims: f.Claims, Text: f.Text,
		TTL: f.Script.TTL, Clients: f.Script.Clients, Workload: f.Script.Workload, Client: f.Script.Client, Lock: f.Script.Lock, Until: f.Script.Until,
		Steps:    slices.Concat(line.Steps, f.Script.Steps),
		Backends: words{place: line.Backend.place, list: []word{line.Backend}}, Guards: words{place: guard.place, list: []word{guard}},
	}
	if line.Discipline.given() {
		with, have := file.Workload.With(line.Discipline)
		if !have {
			return nil, l.fail(line.Discipline.place, "this line has a discipline", "none: clients that add elements take no lock", "leave discipline out")
		}
		file.Workload = with
	}
	// Drop an option that this backend lacks if another line has it.
	file.Lock.list = slices.DeleteFunc(slices.Clone(f.Script.Lock.list), func(o option) bool {
		return !l.hasOption(line.Backend, o.name.text) && slices.ContainsFunc(f.Lines, func(other fileSweepLine) bool { return l.hasOption(other.Backend, o.name.text) })
	})
	one, err := LoadPart(source, l.known, l.out.File, file)
	if err != nil {
		return nil, err
	}
	if n := len(one.Workload.Disciplines); n > 1 {
		return nil, l.fail(line.place, fmt.Sprintf("this line's clients have %d disciplines: %s", n, listed(disciplineTexts(one.Workload.Disciplines))), "one discipline", "give each its own line, with the key discipline")
	}
	l.out.Claims = one.Claims
	return one, nil
}

func (l *sweepLoader) hasOption(spec word, name string) bool {
	backend, _, _ := strings.Cut(spec.text, "+")
	b, err := l.known.Registry.Find(backend)
	return err == nil && slices.ContainsFunc(b.Options(), func(o backends.Option) bool { return o.Name == name })
}
