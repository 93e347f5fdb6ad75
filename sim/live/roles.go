//go:build linux

package live

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// roleLimit is how long a lock service may take to say who plays a part in it. The whole trial
// waits for the answer.
const roleLimit = 2 * time.Second

// Role asks the lock service which hosts play a part at this moment. It returns nil if there are
// none, or if the service does not answer in time.
func (w *World) Role(role sim.Role) []sim.HostID {
	if w.Who == nil {
		return nil
	}
	answer := make(chan []sim.HostID, 1)
	go func() { answer <- w.Who(role) }()
	late := time.NewTimer(roleLimit)
	defer late.Stop()
	select {
	case hosts := <-answer:
		return hosts
	case <-late.C:
		return nil
	}
}
