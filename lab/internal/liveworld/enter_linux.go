package liveworld

import (
	"fmt"

	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// RunDuty acts as a client or server of a live trial if this process was started as one.
func RunDuty() (ran bool, status int) { return live.DutyMain(trial.Duties()) }

// enter is Attached.Enter without attached servers.
func enter() (entered bool, status int, err error) {
	if namespaces.Inside() {
		if err := namespaces.Prepare(); err != nil {
			return false, 0, fmt.Errorf("prepare the live world: %w", err)
		}
		return false, 0, nil
	}
	if err := namespaces.Available(); err != nil {
		return false, 0, err
	}
	status, err = namespaces.Enter()
	if err != nil {
		return false, 0, fmt.Errorf("enter the live world: %w", err)
	}
	return true, status, nil
}
