//go:build !linux

package liveworld

import "github.com/locklab/locklab/scenarios/trial"

// RunRole does nothing: only Linux has a live world.
func RunRole() (ran bool, status int) { return false, 0 }

// HandOver does nothing: no program has a live world here.
func HandOver() error { return nil }

func enter() (entered bool, status int, err error) {
	return false, 0, trial.LiveMissing(nil)
}
