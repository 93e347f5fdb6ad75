package virtual

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// signal is a latch whose waiters are processes of one host.
type signal struct {
	host    *Host
	fired   bool
	waiters []*process // in order of arrival
}

// NewSignal returns a signal for processes of this host.
func (h *Host) NewSignal() sim.Signal { return &signal{host: h} }

// Fire wakes the waiters, in order of arrival, once the running process blocks.
func (s *signal) Fire() {
	if s.fired {
		return
	}
	s.fired = true
	w := s.host.world
	for _, p := range s.waiters {
		if p.timer.place != waiting { // otherwise its timeout is already in the backlog of the paused host
			w.schedule(&p.timer, w.now)
		}
	}
	s.waiters = nil
}

// Wait blocks the running process until the signal has fired or timeout has passed.
func (s *signal) Wait(timeout time.Duration) bool {
	if s.fired || timeout <= 0 {
		return s.fired
	}
	p := s.host.current("Wait")
	s.waiters = append(s.waiters, p)
	s.host.world.scheduleLocal(&p.timer, sim.AddCapped(s.host.Now(), timeout))
	p.park()
	if !s.fired {
		i := slices.Index(s.waiters, p)
		s.waiters = slices.Delete(s.waiters, i, i+1)
	}
	return s.fired
}
