//go:build linux

package live

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// paceKeeper collects the measurements of one trial.
type paceKeeper struct {
	pace *sim.Pace // nil means that nothing is measured

	mu       sync.Mutex
	measured map[sim.HostID]*sim.Lateness
	events   []sim.Event
}

// woke records how late a process of a host was at this time of the trial.
func (k *paceKeeper) woke(host sim.HostID, at time.Duration, b beat) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of(host)
	m.Wakes += b.Wakes
	if k.bears(host, at, b.Late, lateWaker(host)) {
		m.Woke = max(m.Woke, b.Late)
	}
}

// came records how long a message from a host to another and back took.
func (k *paceKeeper) came(host, other sim.HostID, at, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of(host)
	m.Trips++
	if k.bears(host, at, took, fmt.Sprintf("a message from %s to %s and back took that long", host, other)) {
		m.Trip = max(m.Trip, took)
	}
}

// carriedOut records how late the harness carried out a step of the script.
func (k *paceKeeper) carriedOut(at, late time.Duration, what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of("")
	if k.bears("", at, late, what+" that late") {
		m.Woke = max(m.Woke, late)
	}
}

// backOn records how long a host that is switched on again waited for the start of its programs
// and for its cable. How long a program then takes to get ready is its own affair.
func (k *paceKeeper) backOn(host sim.HostID, at, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bears(host, at, took, fmt.Sprintf("%s was switched on again that late", host))
}

// lateWaker describes a late wake-up.
func lateWaker(host sim.HostID) string {
	if host == "" {
		return "the switch woke up that late"
	}
	return fmt.Sprintf("a process of %s woke up that late", host)
}

// bears reports whether the trial can bear a delay, and records an event if it cannot.
func (k *paceKeeper) bears(host sim.HostID, at, late time.Duration, what string) bool {
	if late <= k.pace.Bearable() {
		return true
	}
	k.events = append(k.events, sim.Event{At: at, Host: host, Kind: sim.Late, Late: late, Note: what})
	return false
}

func (k *paceKeeper) of(host sim.HostID) *sim.Lateness {
	if k.measured == nil {
		k.measured = make(map[sim.HostID]*sim.Lateness)
	}
	if k.measured[host] == nil {
		k.measured[host] = &sim.Lateness{Host: host}
	}
	return k.measured[host]
}

// finish stores the measurements in the Pace, the switch first and then the hosts in their
// order, and returns the events.
func (k *paceKeeper) finish(hosts []sim.HostID) []sim.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.pace == nil {
		return nil
	}
	k.pace.Measured = nil
	for _, id := range slices.Concat([]sim.HostID{""}, hosts) {
		if m := k.measured[id]; m != nil {
			k.pace.Measured = append(k.pace.Measured, *m)
		}
	}
	return k.events
}
