//go:build !linux

package lab

import "github.com/locklab/locklab/scenarios"

func runRole() (ran bool, status int) { return false, 0 }

func enterLive() (entered bool, err error) {
	return false, scenarios.LiveMissing(nil)
}
