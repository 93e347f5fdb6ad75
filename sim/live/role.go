//go:build linux

package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Role is a job that a process of this binary can do on a host: a client, the ledger, an
// observer. It prepares, calls h.Ready, calls h.AwaitStart, and does its work. It holds the host
// (see sim.Host) except while it blocks in a method of Host. spec is what StartRole was given,
// as JSON. An error is printed to standard error and ends the trial.
type Role func(h *Host, spec json.RawMessage) error

// Exit statuses of a role's process.
const (
	roleFailed   = 1 // the role returned an error
	roleMisused  = 3 // there is no such role, or its orders cannot be read
	roleOrphaned = 4 // the harness is gone
)

var errNoRoleMain = errors.New("this process has been started to play a role, but its program does not call live.RoleMain before anything else")

// RoleMain runs the role that this process was started for, if any. Call it before anything else
// in main and in TestMain. If ran is true, exit with status.
func RoleMain(roles map[string]Role) (ran bool, status int) {
	name := os.Getenv(roleVar)
	if name == "" {
		return false, 0
	}
	born := bear()
	os.Unsetenv(roleVar)
	complain := func(status int, err error) (bool, int) {
		fmt.Fprintf(os.Stderr, "role %s: %v\n", name, err)
		return true, status
	}
	if name == probeRole {
		if err := probeInside(); err != nil {
			return complain(roleFailed, err)
		}
		return true, 0
	}
	role, found := roles[name]
	if !found {
		return complain(roleMisused, errors.New("this program has no role of this name"))
	}
	unix.CloseOnExec(ordersFd)
	unix.CloseOnExec(reportsFd)
	orders := json.NewDecoder(os.NewFile(ordersFd, "orders"))
	var first order
	if err := orders.Decode(&first); err != nil || first.Do != begin {
		return complain(roleMisused, fmt.Errorf("read the first order %+v: %w", first, err))
	}
	h := newHost(first, born, os.NewFile(reportsFd, "reports"))
	go h.obey(orders)
	h.monitor.Lock()
	if err := role(h, first.Spec); err != nil {
		return complain(roleFailed, err)
	}
	h.send(report{Say: bye})
	return true, 0
}

// obey carries out the harness's orders.
func (h *Host) obey(orders *json.Decoder) {
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			os.Exit(roleOrphaned)
		}
		switch o.Do {
		case start:
			h.start(o)
		case tellClocks:
			h.send(report{Say: clocks, Clocks: h.birth.compare(o.Ask)})
		case goOn:
			h.goOn <- struct{}{}
		case stop:
			if h.pulse != nil {
				h.pulse.stop()
			}
			close(h.stopped)
			if !h.endsItself.Load() {
				h.send(report{Say: bye})
				os.Exit(0)
			}
		case begin: // comes first, and only once
			misused(o)
		default:
			misused(o)
		}
	}
}

// misused ends a process that receives an order it cannot carry out.
func misused(o order) {
	fmt.Fprintf(os.Stderr, "an order that cannot be obeyed: %+v\n", o)
	os.Exit(roleMisused)
}
