package locktest

import (
	"errors"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Plan is what a client does with its lock. It records what it was told.
type Plan func(h sim.Host, l backends.Lock)

// Hold takes the lock once, works for a while, and gives it back.
func Hold(wait, work time.Duration) Plan {
	return func(h sim.Host, l backends.Lock) {
		if lease := Take(h, l, wait); lease != nil {
			h.Sleep(work)
			GiveBack(h, lease)
		}
	}
}

// Take asks for the lock; it returns nil if it did not get it.
func Take(h sim.Host, l backends.Lock, wait time.Duration) backends.Lease {
	lease, err := l.Acquire(wait)
	if err != nil {
		h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
		return nil
	}
	h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
	return lease
}

// GiveBack releases the lock.
func GiveBack(h sim.Host, lease backends.Lease) {
	h.Record(sim.Event{Kind: sim.Release, Grant: lease.Grant()})
	if err := lease.Release(); err != nil {
		h.Record(sim.Event{Kind: sim.NotReleased, Grant: lease.Grant(), Refused: errors.Is(err, backends.ErrLost), Note: err.Error()})
		return
	}
	h.Record(sim.Event{Kind: sim.Released, Grant: lease.Grant()})
}

// On is the moment at which a host has recorded its first event of a kind.
func On(id sim.HostID, k sim.Kind) sim.Trigger { return sim.Trigger{Host: id, Kind: k, Nth: 1} }

// PauseOn stops a host for a while at that moment.
func PauseOn(id sim.HostID, k sim.Kind, length time.Duration) sim.Step {
	return sim.Step{When: On(id, k), Do: sim.Fault{Kind: sim.Pause, Host: id, For: length}}
}
