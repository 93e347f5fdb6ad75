package backends

import (
	"errors"
	"time"

	"github.com/locklab/locklab/sim"
)

// TryFor tries until it holds the lock or wait is over on the host's own clock, pausing after each
// try. It returns the last try's error.
func TryFor(h sim.Host, wait time.Duration, pause func() time.Duration, try func() (Lease, error)) (Lease, error) {
	start := h.Now()
	for {
		lease, err := try()
		if err == nil {
			return lease, nil
		}
		left := wait - (h.Now() - start)
		if left <= 0 {
			return nil, err
		}
		h.Sleep(min(left, pause()))
	}
}

// Watchdog renews a lease while the client works, as Redisson's does: every third of the lease,
// counted from since the first time. After an error other than ErrLost it pauses and tries again.
// It ends when stop fires, when the lease is lost, or when the deadline passes without an answer.
// extend renews the lease once; until returns the deadline as the client knows it.
func Watchdog(h sim.Host, stop sim.Signal, since, ttl time.Duration, pause, until func() time.Duration, extend func() error) {
	next := since + ttl/3
	for !stop.Wait(max(0, next-h.Now())) {
		err := extend()
		switch {
		case err == nil:
			next = h.Now() + ttl/3
		case errors.Is(err, ErrLost):
			return
		case h.Now() >= until():
			return
		default:
			next = h.Now() + pause()
		}
	}
}
