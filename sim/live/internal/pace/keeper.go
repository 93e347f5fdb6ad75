//go:build linux

package pace

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// Keeper collects the measurements of one trial.
type Keeper struct {
	Pace *sim.Pace // nil means that nothing is measured

	mu       sync.Mutex
	measured map[sim.HostID]*sim.Lateness
	events   []sim.Event
}

// Woke records how late a process of a host was at this time of the trial.
func (k *Keeper) Woke(host sim.HostID, at time.Duration, b Beat) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of(host)
	m.Wakes += b.Wakes
	if k.bears(host, at, b.Late, lateWaker(host)) {
		m.Woke = max(m.Woke, b.Late)
	}
}

// Came records how long a message from a host to another and back took.
func (k *Keeper) Came(host, other sim.HostID, at, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of(host)
	m.Trips++
	if k.bears(host, at, took, fmt.Sprintf("a message from %s to %s and back took that long", host, other)) {
		m.Trip = max(m.Trip, took)
	}
}

// CarriedOut records how late the harness carried out a step of the script.
func (k *Keeper) CarriedOut(at, late time.Duration, what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.of("")
	if k.bears("", at, late, what+" that late") {
		m.Woke = max(m.Woke, late)
	}
}

// BackOn records how long a host that is switched on again waited for the start of its programs
// and for its cable. How long a program then takes to get ready is its own affair.
func (k *Keeper) BackOn(host sim.HostID, at, took time.Duration) {
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
func (k *Keeper) bears(host sim.HostID, at, late time.Duration, what string) bool {
	if late <= k.Pace.Bearable() {
		return true
	}
	k.events = append(k.events, sim.Event{At: at, Host: host, Kind: sim.Late, Late: late, Note: what})
	return false
}

func (k *Keeper) of(host sim.HostID) *sim.Lateness {
	if k.measured == nil {
		k.measured = make(map[sim.HostID]*sim.Lateness)
	}
	if k.measured[host] == nil {
		k.measured[host] = &sim.Lateness{Host: host}
	}
	return k.measured[host]
}

// Finish stores the measurements in the Pace, the switch first and then the hosts in their
// order, and returns the events.
func (k *Keeper) Finish(hosts []sim.HostID) []sim.Event {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Pace == nil {
		return nil
	}
	k.Pace.Measured = nil
	for _, id := range slices.Concat([]sim.HostID{""}, hosts) {
		if m := k.measured[id]; m != nil {
			k.Pace.Measured = append(k.Pace.Measured, *m)
		}
	}
	return k.events
}
