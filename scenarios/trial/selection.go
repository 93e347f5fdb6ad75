package trial

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim"
)

// Selection says which trials of some scenarios to run.
type Selection struct {
	Backends    []string            // specs; empty: those of each scenario
	Guards      []string            // empty: those of each scenario
	Disciplines []script.Discipline // empty: those of each scenario
	World       string              // sim.VirtualWorld or sim.LiveWorld
	Seeds       outcome.Seeds       // run in every cell
	TTL         time.Duration       // 0: the scenario's own in either world

	// AsLive runs virtual trials with the options of this machine's servers, as InBothWorlds does.
	AsLive    bool
	liveLease bool // virtual trials use the leases of live ones
	standIns  bool // profiles stand for libraries in virtual trials
	// Servers are the command-line arguments that choose the servers of live trials, for
	// Result.Replay.
	Servers []string
	// Replace, if set, returns what a trial runs in place of a backend: the same one on attached
	// servers.
	Replace func(backends.Backend) backends.Backend
}

// Trials is List for those who want all trials at once, of which there should be few.
func (sel Selection) Trials(all []*script.Scenario) ([]Trial, error) {
	l, err := sel.List(all)
	return slices.Collect(l.All()), err
}

// List lists the trials. The error names what was asked for and is not possible.
func (sel Selection) List(all []*script.Scenario) (List, error) {
	if err := sel.once(); err != nil {
		return nil, err
	}
	var out List
	trials := 0
	for _, s := range all {
		cells, err := sel.cells(s)
		if err != nil {
			return nil, err
		}
		if err := sel.Seeds.Fit(trials, len(cells)); err != nil {
			return nil, err
		}
		trials += len(cells) * int(sel.Seeds.Count())
		if len(out)+len(cells) > outcome.MaxCells {
			return nil, fmt.Errorf("more than %d cells, the maximum for one report: choose fewer backends, guards or disciplines", outcome.MaxCells)
		}
		for _, c := range cells {
			if sel.Replace != nil {
				c.Backend.Backend = sel.Replace(c.Backend.Backend)
			}
			if long := c.Discipline.Late; long.In(sel.lease(s)) > script.MaxTime {
				return nil, fmt.Errorf("%s: the discipline %s keeps working for too long, expected at most %s", s.Name, c.Discipline, script.Short(script.MaxTime))
			}
			if _, err := c.Backend.Settings(sel.lease(s), false); err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			out = append(out, Series{Seeds: sel.Seeds, Trial: Trial{
				Scenario: s, Backend: c.Backend, Guard: ledger.Guard(c.Guard), Discipline: c.Discipline,
				World: sel.World, Seed: sel.Seeds.First, TTL: sel.lease(s),
				asLive: sel.AsLive && sel.World == sim.VirtualWorld, servers: sel.Servers,
			}})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nothing to run: none of these scenarios has a cell with backend %s and guard %s; a fence guard needs a backend that issues tokens",
			orAny(sel.Backends), orAny(sel.Guards))
	}
	return out, nil
}

// once refuses a name that is given twice, as its trials would count twice.
func (sel Selection) once() error {
	var backends []string
	for _, text := range sel.Backends {
		spec, err := services.Registry().ParseSpec(text)
		if err != nil {
			return err
		}
		if slices.Contains(backends, spec.String()) {
			return fmt.Errorf("the backend %s is named twice, expected once", spec)
		}
		backends = append(backends, spec.String())
	}
	for i, guard := range sel.Guards {
		if slices.Contains(sel.Guards[:i], guard) {
			return fmt.Errorf("the guard %s is named twice, expected once", guard)
		}
	}
	texts := script.DisciplineTexts(sel.Disciplines)
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			return fmt.Errorf("the discipline %s is named twice, expected once", text)
		}
	}
	return nil
}

// cells narrows a scenario down to what was asked for. A backend or guard that the scenario does
// not list may still be asked for; nothing is expected of it then. Libraries that the scenario
// lists belong to the live world; in the virtual one they are not available when asked for.
func (sel Selection) cells(s *script.Scenario) ([]script.Cell, error) {
	narrowed := *s
	if len(sel.Backends) > 0 {
		narrowed.Backends = sel.Backends
	}
	if len(sel.Guards) > 0 {
		narrowed.Guards = nil
		for _, name := range sel.Guards {
			if err := script.CheckGuard(name); err != nil {
				return nil, err
			}
			narrowed.Guards = append(narrowed.Guards, name)
		}
	}
	if len(sel.Disciplines) > 0 {
		narrowed.Workload.Disciplines = sel.Disciplines
	}
	cells, err := narrowed.Squares(services.Registry())
	if len(sel.Backends)+len(sel.Guards) == 0 { // nobody asked for the impossible ones
		cells = slices.DeleteFunc(cells, func(c script.Cell) bool { return !script.MakesCell(c.Backend, c.Guard) })
	}
	switch {
	case err != nil:
	case sel.standIns:
		return standIns(&narrowed, services.Registry(), cells)
	case sel.World == sim.VirtualWorld && len(sel.Backends) == 0:
		cells = inVirtualWorld(cells)
	}
	return cells, err
}

func (sel Selection) lease(s *script.Scenario) time.Duration {
	switch {
	case sel.TTL != 0:
		return sel.TTL
	case sel.World == sim.LiveWorld, sel.liveLease:
		return s.LiveTTL
	}
	return s.TTL
}

func orAny(names []string) string {
	if len(names) == 0 {
		return "any"
	}
	return strings.Join(names, " or ")
}
