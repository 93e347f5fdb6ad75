//go:build linux

package live

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/locklab/locklab/sim"
)

// The whole trial waits for the answer, so it must not wait for a lock service that is cut off.
func TestLockServiceThatDoesNotAnswerHasNoLeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &World{Who: func(sim.Role) []sim.HostID {
			time.Sleep(time.Hour)
			return []sim.HostID{"late"}
		}}
		began := time.Now()
		if hosts := w.Role(sim.Leader); hosts != nil {
			t.Errorf("the leader is %v", hosts)
		}
		if waited := time.Since(began); waited != roleLimit {
			t.Errorf("the trial waited for %v, want %v", waited, roleLimit)
		}
		time.Sleep(2 * time.Hour) // until the answer has come, too late
	})
}
