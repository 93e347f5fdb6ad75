//go:build linux

package scenarios

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// shiftsMonotonic tells whether a fault makes the monotonic clock of a process differ from
// that of its machine.
func shiftsMonotonic(f sim.Fault) bool {
	switch f.Kind {
	case sim.Suspend:
		return true
	case sim.ClockFault:
		return f.Clock == sim.MonotonicClock
	case sim.Pause, sim.Crash, sim.StallDisk, sim.Partition, sim.Delay, sim.Hold, sim.Drop:
		return false
	}
	panic(fmt.Sprintf("nobody has said whether the fault %q shifts a clock", string(f.Kind)))
}

// onClockbound says why the trial cannot be run on real servers that do not bear it when
// their monotonic clock is shifted; nil: no fault does that to one, or they bear it.
func (t Trial) onClockbound(c cast) error {
	b, ok := t.Backend.Backend.(backends.Clockbound)
	if !ok {
		return nil
	}
	why := b.Clockbound()
	if why == nil {
		return nil
	}
	for _, step := range c.steps {
		f := step.Do
		if !shiftsMonotonic(f) {
			continue
		}
		for _, id := range slices.Concat([]sim.HostID{f.Host}, f.Hosts) {
			if mayBeServer(id, c.servers) {
				return fmt.Errorf("the live world cannot do the fault %s to servers of %s: %w", f.Lane(), t.Backend.Backend.Name(), why)
			}
		}
	}
	return nil
}
