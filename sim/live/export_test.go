//go:build linux

package live

import "github.com/locklab/locklab/sim"

// Forget makes a link forget every fault that is in effect on it, as a bug might. A probe
// that has not noticed is no probe.
func (l *Lab) Forget(from, to sim.HostID) error {
	link, err := l.link(sim.Link{From: from, To: to})
	if err != nil {
		return err
	}
	link.mu.Lock()
	defer link.mu.Unlock()
	link.cuts, link.extra, link.losses = 0, 0, nil
	for _, k := range link.queue {
		k.due = 0
	}
	link.sorted()
	return nil
}
