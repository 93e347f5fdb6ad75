//go:build linux

package locktest

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
	"github.com/locklab/locklab/sim/check"
)

// Pair is a started lock service in the live world, and two clients: client-1 asks for the lock,
// and client-2 a moment later. Both wait for twice the lease.
type Pair struct {
	*Lab
	TTL      time.Duration
	From     time.Duration // when client-1 asks
	Then     time.Duration // how much later client-2 does
	Patience time.Duration // how long each waits for the lock
}

// NewPair makes one in parallel with those of other tests: they do not see each other, and mostly
// wait.
func NewPair[B backends.Live](t *testing.T, lock string, ttl time.Duration, token bool, known ...B) *Pair {
	t.Helper()
	t.Parallel()
	lab := NewLab(t, lock, ttl, token, []sim.HostID{"client-1", "client-2"}, known...)
	lab.Start()
	return &Pair{Lab: lab, TTL: ttl, From: 100 * time.Millisecond, Then: 300 * time.Millisecond, Patience: 2 * ttl}
}

// Run runs a trial in which both hold the lock for as long as work.
func (p *Pair) Run(work time.Duration, steps ...sim.Step) *sim.History {
	p.Helper()
	first := Order{After: p.From, Wait: p.Patience, Work: work}
	second := first
	second.After += p.Then
	h := p.Trial(5*p.TTL, []Order{first, second}, steps...)
	if _, err := audit.Leftover(h); err != nil {
		p.Errorf("%v:\n%s", err, Transcript(h.Events))
	}
	return h
}

// Expect checks whether both clients held valid leases at one time, after both have had the lock.
func (p *Pair) Expect(h *sim.History, want check.Verdict) {
	p.Helper()
	ExpectOverlap(p, h, want, 2)
}
