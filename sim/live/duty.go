//go:build linux

package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/protocol"
	"github.com/locklab/locklab/sim/live/namespaces"
	"golang.org/x/sys/unix"
)

// Duty is a job that a process of this binary can do on a host: a client, the ledger, an
// observer. It prepares, calls h.Ready, calls h.AwaitStart, and does its work. It holds the host
// (see sim.Host) except while it blocks in a method of Host. spec is what StartDuty was given,
// as JSON. An error is printed to standard error and ends the trial.
type Duty func(h *Host, spec json.RawMessage) error

// Exit statuses of a duty's process.
const (
	dutyFailed   = 1 // the duty returned an error
	dutyMisused  = 3 // there is no such duty, or its orders cannot be read
	dutyOrphaned = 4 // the harness is gone
)

// DutyMain runs the duty that this process was started for, if any. Call it before anything else
// in main and in TestMain. If ran is true, exit with status.
func DutyMain(duties map[string]Duty) (ran bool, status int) {
	name := os.Getenv(namespaces.DutyVar)
	if name == "" {
		return false, 0
	}
	own := clock.ReadOwn()
	os.Unsetenv(namespaces.DutyVar)
	complain := func(status int, err error) (bool, int) {
		fmt.Fprintf(os.Stderr, "duty %s: %v\n", name, err)
		return true, status
	}
	if name == namespaces.ProbeDuty {
		if err := probeInside(); err != nil {
			return complain(dutyFailed, err)
		}
		return true, 0
	}
	duty, found := duties[name]
	if !found {
		return complain(dutyMisused, errors.New("this program has no duty of this name"))
	}
	unix.CloseOnExec(protocol.OrdersFd)
	unix.CloseOnExec(protocol.ReportsFd)
	orders := json.NewDecoder(os.NewFile(protocol.OrdersFd, "orders"))
	var first protocol.Order
	if err := orders.Decode(&first); err != nil || first.Do != protocol.Begin {
		return complain(dutyMisused, fmt.Errorf("read the first order %+v: %w", first, err))
	}
	h := newHost(first, own, os.NewFile(protocol.ReportsFd, "reports"))
	go h.obey(orders)
	h.monitor.Lock()
	if err := duty(h, first.Spec); err != nil {
		return complain(dutyFailed, err)
	}
	h.send(protocol.Report{Say: protocol.Bye})
	return true, 0
}

// obey carries out the harness's orders.
func (h *Host) obey(orders *json.Decoder) {
	for {
		var o protocol.Order
		if err := orders.Decode(&o); err != nil {
			os.Exit(dutyOrphaned)
		}
		switch o.Do {
		case protocol.Start:
			h.start(o)
		case protocol.TellClocks:
			h.send(protocol.Report{Say: protocol.Clocks, Clocks: h.own.Compare(o.Ask)})
		case protocol.GoOn:
			h.goOn <- struct{}{}
		case protocol.Stop:
			if h.pulse != nil {
				h.pulse.Stop()
			}
			close(h.stopped)
			if !h.endsItself.Load() {
				h.send(protocol.Report{Say: protocol.Bye})
				os.Exit(0)
			}
		case protocol.Begin: // comes first, and only once
			misused(o)
		default:
			misused(o)
		}
	}
}

// misused ends a process that receives an order it cannot carry out.
func misused(o protocol.Order) {
	fmt.Fprintf(os.Stderr, "an order that cannot be obeyed: %+v\n", o)
	os.Exit(dutyMisused)
}

// probeInside tries the live world out, for namespaces.Available.
func probeInside() error {
	if err := namespaces.Prepare(); err != nil {
		return err
	}
	lab, err := NewLab()
	if err != nil {
		return err
	}
	for _, id := range []sim.HostID{"probe-1", "probe-2"} {
		if _, err := lab.AddHost(id); err != nil {
			return errors.Join(err, lab.Close())
		}
	}
	return lab.Close()
}
