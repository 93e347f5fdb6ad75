//go:build !linux

package trial

import (
	"context"
	"errors"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

var errNoLiveWorld = errors.New("the live world is built on Linux namespaces and needs Linux; run it on a Linux machine or in a Linux container, or use the virtual world")

// Labs runs trials. On this platform they can only be virtual.
type Labs struct{}

// NewLabs returns the labs for trials. It ignores its argument.
func NewLabs(int) *Labs { return &Labs{} }

// Run runs one trial. A live trial is an error.
func (*Labs) Run(ctx context.Context, t Trial) (*sim.History, error) {
	if t.World == sim.LiveWorld {
		return nil, errNoLiveWorld
	}
	return t.Simulate(ctx)
}

// Close does nothing: virtual trials leave nothing behind.
func (*Labs) Close() error { return nil }

// liveSettings returns s: there are no live servers to adapt it to.
func liveSettings(_ backends.Backend, s backends.Settings) backends.Settings { return s }

// LiveMissing returns an error that says why trials cannot run live on this platform.
func LiveMissing(backends.Backend) error { return errNoLiveWorld }

// Unavailable says why the trial cannot run on this platform. It returns nil if it can.
func (t Trial) Unavailable() error {
	if t.World == sim.LiveWorld {
		return errNoLiveWorld
	}
	if _, err := t.setup(); err != nil {
		return err
	}
	_, err := t.simulated()
	return err
}
