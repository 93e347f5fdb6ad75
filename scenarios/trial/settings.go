package trial

import (
	"fmt"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// settings resolves the options of the lock service, those of single clients included.
func (t Trial) settings() (backends.Settings, error) {
	s, err := t.Backend.Settings(t.TTL, t.Guard.NeedsToken())
	if err != nil {
		return s, fmt.Errorf("%s with guard %s: %w", t.Scenario.Name, t.Guard, err)
	}
	if s, err = t.adapt(s); err != nil {
		return s, err
	}
	s.Inside = t.Scenario.Inside
	for _, o := range t.Scenario.Own {
		if !o.Locks() {
			continue
		}
		own, err := o.Settings(t.Backend, t.TTL, t.Guard.NeedsToken())
		if err == nil {
			own, err = t.adapt(own)
		}
		if err != nil {
			return s, fmt.Errorf("%s with guard %s, %s: %w", t.Scenario.Name, t.Guard, sim.ClientID(o.Index), err)
		}
		s = s.WithOwn(sim.ClientID(o.Index), own)
	}
	return s, nil
}

// adapt changes settings to those of the servers that the trial runs with or is compared with.
func (t Trial) adapt(s backends.Settings) (backends.Settings, error) {
	if t.profile != nil {
		return s.WithValues(t.profile)
	}
	if t.asLive || t.World == sim.LiveWorld {
		return liveSettings(t.Backend.Backend, s), nil
	}
	return s, nil
}
