//go:build linux

package sentinellive

import (
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Conclude finds the locks that were forgotten: those that nobody ended and whose last copy is
// gone. The observers' records about copies have then done their service and are left out. What a
// server did as a master stays as it is.
func (Backend) Conclude(events []sim.Event, _ backends.Settings) []sim.Event {
	with := map[string][]sim.HostID{} // the servers that have a lock's key, by its value
	over := map[string]bool{}         // it was ended by somebody
	var all []sim.Event
	for _, e := range events {
		switch e.Kind {
		case sim.Granted, sim.NodeGranted:
			if !slices.Contains(with[e.Grant], e.Host) {
				with[e.Grant] = append(with[e.Grant], e.Host)
			}
		case sim.Freed, sim.Expired, sim.NodeEnded:
			with[e.Grant] = slices.DeleteFunc(with[e.Grant], func(id sim.HostID) bool { return id == e.Host })
		}
		switch e.Kind {
		case sim.Freed, sim.Expired:
			over[e.Grant] = true
		case sim.NodeGranted:
			continue
		case sim.NodeEnded:
			if e.Ended == "" || len(with[e.Grant]) > 0 || over[e.Grant] {
				continue
			}
			over[e.Grant] = true
			e = sim.Event{At: e.At, Host: e.Host, Kind: e.Ended, Grant: e.Grant}
		}
		all = append(all, e)
	}
	return all
}
