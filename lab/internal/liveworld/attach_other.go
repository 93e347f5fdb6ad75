//go:build !linux

package liveworld

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/trial"
)

// Attached would hold servers that somebody else runs: only Linux has a live world.
type Attached struct{}

func attach([]string) (Attached, error) { return Attached{}, trial.LiveMissing(nil) }

func attachable() string { return "" }

// Replace returns nil.
func (Attached) Replace() func(backends.Backend) backends.Backend { return nil }

// Enter returns an error that says what is missing.
func (Attached) Enter() (entered bool, status int, err error) { return enter() }
