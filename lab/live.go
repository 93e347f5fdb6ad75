//go:build linux

package lab

import (
	"fmt"

	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// runRole acts as a client or server of a live trial if this process was started as one.
func runRole() (ran bool, status int) { return live.RoleMain(trial.Roles()) }

// enterLive makes sure that the program runs inside the live world's namespaces. Outside, it runs
// itself again inside, and entered reports that nothing is left to do.
func enterLive() (entered bool, err error) {
	if namespaces.Inside() {
		if err := namespaces.Prepare(); err != nil {
			return false, fmt.Errorf("prepare the live world: %w", err)
		}
		return false, nil
	}
	if err := namespaces.Available(); err != nil {
		return false, err
	}
	status, err := namespaces.Enter()
	if err != nil {
		return false, fmt.Errorf("enter the live world: %w", err)
	}
	return true, &statusError{status: status}
}
