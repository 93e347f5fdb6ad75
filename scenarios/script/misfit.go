package script

import (
	"errors"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
)

// Misfit says why a script makes no sense with some lock services.
type Misfit struct {
	Backends []backends.Spec // each stands for all specs that it covers
	Sets     []string        // each stands for all services in it
	Because  string          // one sentence
	why      error           // the same as an error
}

type fileMisfit struct {
	strict.Place `yaml:"-"`
	Backend      strict.Words `yaml:"backend" doc:"the backends that this row is about, or sets of them"`
	Because      strict.Word  `yaml:"because" doc:"why the scenario makes no sense with them, in one sentence"`
}

func (*fileMisfit) Noun() string { return "this row" }

// misfits resolves the lock services that the script makes no sense with.
func (l *Loader) misfits() error {
	for _, f := range l.file.Misfits {
		specs, sets, err := l.ofScenario(f.Backend)
		if err != nil {
			return err
		}
		l.out.Misfits = append(l.out.Misfits, Misfit{Backends: specs, Sets: sets, Because: f.Because.Text, why: errors.New(f.Because.Text)})
	}
	return nil
}

// Misfit returns the script's own reason why it makes no sense with a lock service; nil if it gives
// none.
func (s *Scenario) Misfit(b backends.Spec) error {
	for _, m := range s.Misfits {
		if slices.ContainsFunc(m.Backends, func(spec backends.Spec) bool { return spec.Covers(b) }) ||
			slices.ContainsFunc(m.Sets, func(name string) bool { return services.Covers(name, b) }) {
			return m.why
		}
	}
	return nil
}
