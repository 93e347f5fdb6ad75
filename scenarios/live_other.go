//go:build !linux

package scenarios

import (
	"context"
	"errors"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

var errNoLiveWorld = errors.New("the live world needs Linux: it is built of Linux namespaces; run it in a Linux machine or container, or use the virtual world")

// Run runs the trial in its world, which can only be the virtual one here.
func (t Trial) Run(context.Context) (*sim.History, error) {
	if t.World == LiveWorld {
		return nil, errNoLiveWorld
	}
	return t.Simulate()
}

// LiveMissing says why trials cannot run live here.
func LiveMissing(backends.Backend) error { return errNoLiveWorld }

// Unavailable says why the trial cannot be run here.
func (t Trial) Unavailable() error {
	if t.World == LiveWorld {
		return errNoLiveWorld
	}
	return nil
}
