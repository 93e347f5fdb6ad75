//go:build !linux

package liveworld

import "github.com/locklab/locklab/scenarios/trial"

// RunDuty does nothing: only Linux has a live world.
func RunDuty() (ran bool, status int) { return false, 0 }

// HandOver does nothing: no program has a live world here.
func HandOver() error { return nil }

func enter() (entered bool, status int, err error) {
	return false, 0, trial.LiveMissing(nil)
}
