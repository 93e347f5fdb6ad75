//go:build !linux

package lab

import (
	"github.com/locklab/locklab/scenarios/trial"
)

func runRole() (ran bool, status int) { return false, 0 }

func enterLive() (entered bool, err error) {
	return false, trial.LiveMissing(nil)
}
