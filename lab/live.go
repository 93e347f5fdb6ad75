//go:build linux

package lab

import (
	"fmt"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/namespaces"
)

// runRole runs this process as a client or server of a live trial if that is what it was
// started for.
func runRole() (ran bool, status int) { return live.RoleMain(scenarios.Roles()) }

// enterLive makes sure that the program runs inside the live world's namespaces. Outside,
// it runs itself again inside, and entered tells that all is done.
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
