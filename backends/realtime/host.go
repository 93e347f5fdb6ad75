//go:build linux

// Package realtime has a host on this machine's real clocks, for tests that use a live port against
// a real server without a lab: no namespaces, no faults.
package realtime

import (
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// Host is a sim.Host on real clocks that keeps what is recorded. Its processes are goroutines under
// one mutex.
type Host struct {
	id      sim.HostID
	started time.Time
	random  *sim.Random
	monitor sync.Mutex
	events  []sim.Event
	// OnRecord, if set, is called with every event, by the process that records it.
	OnRecord func(sim.Event)
}

// Run gives the test's goroutine a new host for as long as f runs.
func Run(id sim.HostID, f func(*Host)) {
	h := &Host{id: id, started: time.Now(), random: sim.NewRandom(1, string(id))}
	h.monitor.Lock()
	defer h.monitor.Unlock()
	f(h)
}

// Events returns the events recorded so far, without times. The caller must hold the host.
func (h *Host) Events() []sim.Event { return slices.Clone(h.events) }

// ID is the host's name.
func (h *Host) ID() sim.HostID { return h.id }

// Now is the time since the host was made.
func (h *Host) Now() time.Duration { return time.Since(h.started) }

// Wall reads the wall clock.
func (h *Host) Wall() time.Time { return time.Now() }

// Sleep gives up the host for d.
func (h *Host) Sleep(d time.Duration) { h.Outside(func() { time.Sleep(d) }) }

// Uint64 draws from the host's stream.
func (h *Host) Uint64() uint64 { return h.random.Uint64() }

// Go starts another process.
func (h *Host) Go(_ string, f func(sim.Host)) {
	go func() {
		h.monitor.Lock()
		defer h.monitor.Unlock()
		f(h)
	}()
}

// Record keeps an event.
func (h *Host) Record(e sim.Event) {
	e.Host = h.id
	h.events = append(h.events, e)
	if h.OnRecord != nil {
		h.OnRecord(e)
	}
}

// Outside gives up the host while f blocks.
func (h *Host) Outside(f func()) {
	h.monitor.Unlock()
	defer h.monitor.Lock()
	f()
}

// Sending does nothing: there are no faults.
func (h *Host) Sending(sim.Kind) {}

// NewSignal makes a signal.
func (h *Host) NewSignal() sim.Signal { return &signal{host: h, fired: make(chan struct{})} }

type signal struct {
	host  *Host
	once  sync.Once
	fired chan struct{}
}

func (s *signal) Fire() { s.once.Do(func() { close(s.fired) }) }

func (s *signal) Wait(timeout time.Duration) (fired bool) {
	s.host.Outside(func() {
		var late <-chan time.Time
		if timeout != sim.Forever {
			late = time.After(timeout)
		}
		select {
		case <-s.fired:
		case <-late:
		}
	})
	select {
	case <-s.fired:
		return true
	default:
		return false
	}
}
