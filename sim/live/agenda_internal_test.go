//go:build linux

package live

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// Steps keep their order even if the machine has no time for any of them until all are due.
func TestWhatIsDueEarlierIsDoneEarlierHoweverBusyTheMachineIs(t *testing.T) {
	const steps = 30
	for range 20 {
		w := &World{zero: clock.Now(), closing: clock.Never}
		var done []int
		w.mu.Lock()
		for i := range steps {
			w.After(time.Duration(i)*10*time.Microsecond, func() { done = append(done, i) })
		}
		time.Sleep(5 * time.Millisecond) // mu is held, so nothing runs
		w.mu.Unlock()
		for finished := false; !finished; {
			w.mu.Lock()
			finished = len(done) == steps
			w.mu.Unlock()
		}
		if !slices.IsSorted(done) {
			t.Fatalf("the steps were done in the order %v", done)
		}
	}
}
