package virtual

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// signal is a latch whose waiters are processes of one host.
type signal struct {
	host   *Host
	fired  bool
	waiter *process   // the first to wait; most signals have no other
	others []*process // in order of arrival
}

// NewSignal returns a signal for processes of this host.
func (h *Host) NewSignal() sim.Signal { return &signal{host: h} }

// Fire wakes the waiters, in order of arrival, once the running process blocks.
func (s *signal) Fire() {
	if s.fired {
		return
	}
	s.fired = true
	if s.waiter != nil {
		s.waiter.rouse()
	}
	for _, p := range s.others {
		p.rouse()
	}
	s.waiter, s.others = nil, nil
}

// rouse wakes a process once the running one blocks.
func (p *process) rouse() {
	if !p.ended && p.timer.place != waiting { // otherwise its timeout is already in the backlog of the paused host
		w := p.host.world
		w.schedule(&p.timer, w.now)
	}
}

// Wait blocks the running process until the signal has fired or timeout has passed.
func (s *signal) Wait(timeout time.Duration) bool {
	if s.fired || timeout <= 0 {
		return s.fired
	}
	p := s.host.current("Wait")
	if s.waiter == nil && len(s.others) == 0 {
		s.waiter = p
	} else {
		s.others = append(s.others, p)
	}
	s.host.world.scheduleLocal(&p.timer, sim.AddCapped(s.host.Now(), timeout))
	p.park()
	if s.fired {
		return true
	}
	if s.waiter == p {
		s.waiter = nil
	} else {
		i := slices.Index(s.others, p)
		s.others = slices.Delete(s.others, i, i+1)
	}
	return false
}
