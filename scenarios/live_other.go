//go:build !linux

package scenarios

import (
	"context"
	"errors"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

var errNoLiveWorld = errors.New("the live world needs Linux: it is built of Linux namespaces; run it in a Linux machine or container, or use the virtual world")

// Stages runs trials, which can only be virtual ones here.
type Stages struct{}

// NewStages gives the stages for trials.
func NewStages(int) *Stages { return &Stages{} }

// Run runs one trial.
func (*Stages) Run(ctx context.Context, t Trial) (*sim.History, error) {
	if t.World == LiveWorld {
		return nil, errNoLiveWorld
	}
	return t.Simulate(ctx)
}

// Close does nothing.
func (*Stages) Close() error { return nil }

// liveSettings has no servers to look at here.
func liveSettings(_ backends.Backend, s backends.Settings) backends.Settings { return s }

// LiveMissing says why trials cannot run live here.
func LiveMissing(backends.Backend) error { return errNoLiveWorld }

// Unavailable says why the trial cannot be run here.
func (t Trial) Unavailable() error {
	if t.World == LiveWorld {
		return errNoLiveWorld
	}
	if _, err := t.cast(); err != nil {
		return err
	}
	_, err := t.simulated()
	return err
}
