//go:build linux

package trial

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// onUnshiftable reports why the trial cannot be run on real servers that misbehave when their
// monotonic clock is shifted; nil means that no fault shifts it, or that they cope.
func (t Trial) onUnshiftable(c setup) error {
	b, ok := t.Backend.Backend.(backends.Unshiftable)
	if !ok {
		return nil
	}
	why := b.Unshiftable()
	if why == nil {
		return nil
	}
	for _, step := range c.steps {
		f := step.Do
		if !f.ShiftsMonotonic() {
			continue
		}
		for _, id := range slices.Concat([]sim.HostID{f.Host}, f.Hosts) {
			if mayBeServer(id, c.servers) {
				return fmt.Errorf("the live world cannot inject the fault %s into servers of %s: %w", f.Lane(), t.Backend.Backend.Name(), why)
			}
		}
	}
	return nil
}
