//go:build linux

package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Labs runs trials and keeps the lock services of live ones running between trials, as a cluster
// takes longer to start than most trials last. A service is reused only if the trial left it
// healthy, which is verified; otherwise it is torn down and the next trial gets a new one. Its
// methods may be called from several goroutines.
type Labs struct {
	limit int // how many may be up at a time

	mu     sync.Mutex
	idle   []*standing // the most recently used comes last
	closed bool
}

// standing is a lab with a running lock service.
type standing struct {
	lab      *live.Lab
	key      string // which service, with which settings
	service  backends.Live
	settings backends.Settings
}

// NewLabs returns the labs for trials run by this many workers.
func NewLabs(workers int) *Labs { return &Labs{limit: workers} }

// Run runs one trial in its world. Live trials must run inside the live world's namespaces.
func (s *Labs) Run(ctx context.Context, t Trial) (*sim.History, error) {
	if t.World != sim.LiveWorld {
		return t.Simulate(ctx)
	}
	h, err := s.runLive(ctx, t)
	if err != nil {
		return nil, fmt.Errorf("live trial of %s, seed %d: %w", t.Cell(), t.Seed, err)
	}
	return h, nil
}

// Close tears down every idle service at once, and those in use when their trial ends.
func (s *Labs) Close() error {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	var failed []error
	for _, each := range idle {
		failed = append(failed, each.lab.Close())
	}
	return errors.Join(failed...)
}

func (s *Labs) runLive(ctx context.Context, t Trial) (*sim.History, error) {
	c, err := t.setup()
	if err != nil {
		return nil, err
	}
	if err := t.Unavailable(); err != nil {
		return nil, err
	}
	set, err := s.take(ctx, t, c)
	if err != nil {
		return nil, err
	}
	h, world, err := t.play(ctx, set, c)
	if err != nil || !s.restore(ctx, set, world, c) {
		return h, errors.Join(err, set.lab.Close())
	}
	return h, s.putBack(set)
}

// take returns a lab with the trial's lock service: an idle one, or a new one.
func (s *Labs) take(ctx context.Context, t Trial, c setup) (*standing, error) {
	key := fmt.Sprintf("%s, lease %v, options %q, disks may stall: %t, account inside: %t, set: %t", t.Backend.Backend.Name(), t.TTL, c.settings.List(), c.stallsDisks(), t.Scenario.Inside, t.Scenario.Adds())
	s.mu.Lock()
	for i, each := range slices.Backward(s.idle) {
		if each.key == key {
			s.idle = slices.Delete(s.idle, i, i+1)
			s.mu.Unlock()
			return each, nil
		}
	}
	var surplus []*standing
	for len(s.idle) >= s.limit {
		surplus = append(surplus, s.idle[0])
		s.idle = s.idle[1:]
	}
	s.mu.Unlock()
	for _, each := range surplus {
		if err := each.lab.Close(); err != nil {
			return nil, err
		}
	}
	return newStanding(ctx, t, c, key)
}

func newStanding(ctx context.Context, t Trial, c setup, key string) (*standing, error) {
	lab, err := live.NewLab()
	if err != nil {
		return nil, err
	}
	lab.DiskStalls = c.stallsDisks()
	set := &standing{lab: lab, key: key, service: t.Backend.Backend.(backends.Live), settings: c.settings}
	if service, ok := set.service.(backends.Legible); ok {
		lab.Readers = append(lab.Readers, service.MessageWords)
	}
	if t.Scenario.HasAccountHost() {
		lab.Readers = append(lab.Readers, ledger.MessageWords)
	}
	for _, id := range append(t.Scenario.AccountHosts(), c.servers...) {
		if _, err := lab.AddHost(id); err != nil {
			return nil, errors.Join(err, lab.Close())
		}
	}
	if err := set.service.Start(ctx, lab, c.settings); err != nil {
		return nil, errors.Join(err, lab.Close())
	}
	return set, nil
}

// stallsDisks reports whether a step stalls a disk, which the servers must be started for.
func (c setup) stallsDisks() bool {
	return slices.ContainsFunc(c.steps, func(s sim.Step) bool { return s.Do.Kind.Row().StallsDisk })
}

// resetLimit bounds how long a service may take to return to its initial state. Starting a new one
// takes a few seconds.
const resetLimit = 5 * time.Second

// restore returns the lab to the state in which it was built. It reports false if the lab is
// not fit for another trial.
func (s *Labs) restore(ctx context.Context, set *standing, world *live.World, c setup) bool {
	for _, step := range c.steps {
		if step.Do.Kind.Row().LeavesTraces {
			return false
		}
	}
	if world.Heal() != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, resetLimit)
	defer cancel()
	return set.service.Reset(ctx, set.lab, set.settings) == nil
}

func (s *Labs) putBack(set *standing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return set.lab.Close()
	}
	s.idle = append(s.idle, set)
	return nil
}
