package scenarios

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Again returns the trial that this is the result of, to be run once more. s is its scenario;
// replace is that of a Selection, or nil.
func (r Result) Again(s *Scenario, replace func(backends.Backend) backends.Backend) (Trial, error) {
	discipline, err := ParseDiscipline(r.Discipline)
	if err != nil {
		return Trial{}, fmt.Errorf("run %s again: %w", r.ID(), err)
	}
	if r.TTL < minTTL || r.TTL > maxTime {
		return Trial{}, fmt.Errorf("run %s again: its lease is %v, expected %v to %s", r.ID(), r.TTL, minTTL, short(maxTime))
	}
	trials, err := Selection{
		Backends: []string{r.Backend}, Guards: []string{r.Guard}, Disciplines: []Discipline{discipline}, World: r.World,
		Seeds: Seeds{r.Seed, r.Seed}, TTL: r.TTL, Replace: replace,
	}.Trials([]*Scenario{s})
	if err != nil {
		return Trial{}, fmt.Errorf("run %s again: %w", r.ID(), err)
	}
	t := trials[0]
	t.profile = r.Profile
	return t, nil
}

// profiled lists the options that had other values than the trial asked for because it followed
// real servers. The values are those that the history records.
func (t Trial) profiled(h *sim.History) []string {
	if !t.asLive && t.profile == nil {
		return nil
	}
	return t.adapted(h.Header.Options)
}

// adapted lists the options of a run that the trial did not ask for and that are not defaults, such
// as "election-timeout=500ms".
func (t Trial) adapted(options []string) []string {
	asked, err := t.Backend.Settings(t.TTL, t.Guard.NeedsToken())
	if err != nil {
		return nil // the trial could not have been run
	}
	list := asked.List()
	return slices.DeleteFunc(slices.Clone(options), func(o string) bool { return slices.Contains(list, o) })
}
