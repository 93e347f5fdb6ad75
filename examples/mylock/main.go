// Command mylock is locklab with a lock service from outside its tree: a server that keeps one
// lease in memory and counts grants for fencing. Copy it and put in your own algorithm instead.
//
//	go run . run gc-pause client-crash --backend mylock --guard none,fence-all
//
// To run the services of locklab on real servers as well, import scenarios/services/live for its effect.
package main

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/lab"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

func main() { lab.Main(service{}) }

// service describes the lock service to locklab.
type service struct{}

const server sim.HostID = "mylock-1"

func (service) Name() string                           { return "mylock" }
func (service) Title() string                          { return "one server with one lease in its memory" }
func (service) IssuesTokens() bool                     { return true }
func (service) Servers(backends.Settings) []sim.HostID { return []sim.HostID{server} }
func (service) Parts(backends.Settings) []sim.Role     { return nil }
func (service) Never(backends.Settings) (kinds []sim.Kind) {
	return append(backends.NodeKinds(), backends.WithoutRenewal()...)
}

func (service) Options() []backends.Option {
	return []backends.Option{{Name: "timeout", Kind: backends.Duration, Default: "0.25ttl", Least: backends.NotZero,
		Awaited: true, Doc: "how long a request waits for its answer"}}
}

// Simulate puts the server on its host, and returns what gives each client host its lock.
func (service) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	host := w.Host(server)
	host.Boot(func() { // also after a crash, when memory is empty
		m := &memory{host: host}
		host.Serve(func(from sim.HostID, request any) any { return m.answer(from, request.(ask)) })
	})
	return func(h *virtual.Host) backends.Lock {
		return &lock{host: h, ttl: s.TTL, timeout: s.Span("timeout"), token: s.Token}
	}
}

// ask is a request: for the lock for ttl or, without a ttl, to give it back.
type ask struct {
	grant string
	ttl   time.Duration
}

// memory is the server: who holds the lock, until when, and how many grants there have been.
type memory struct {
	host  *virtual.Host
	grant string
	count uint64
	end   *virtual.Timer
}

// answer returns the number of the grant, or 0 for no. The server records what it does to the
// lock, so that the checkers know who held it.
func (m *memory) answer(from sim.HostID, a ask) uint64 {
	switch {
	case a.ttl > 0 && m.grant == "":
		m.count++
		m.grant = a.grant
		m.end = m.host.After(a.ttl, func() { m.over(sim.Event{Kind: sim.Expired}) })
		m.host.Record(sim.Event{Kind: sim.Granted, Grant: a.grant, Token: m.count})
		return m.count
	case a.ttl == 0 && m.grant == a.grant:
		m.end.Stop()
		m.over(sim.Event{Kind: sim.Freed, Client: from})
		return m.count
	}
	return 0
}

func (m *memory) over(e sim.Event) {
	e.Grant, m.grant = m.grant, ""
	m.host.Record(e)
}

// lock is the client. It uses its host's clock, sleep and random numbers, and nothing else.
type lock struct {
	host         *virtual.Host
	ttl, timeout time.Duration
	token        bool
	tries        int
}

func (l *lock) Acquire(wait time.Duration) (backends.Lease, error) {
	pause := func() time.Duration { return sim.Between(l.host, l.ttl/40, l.ttl/20) }
	return backends.TryFor(l.host, wait, pause, l.try)
}

func (l *lock) try() (backends.Lease, error) {
	l.tries++
	h := &held{lock: l, grant: fmt.Sprintf("%s/%d", sim.Sign(l.host, string(l.host.ID())), l.tries)}
	h.until = l.host.Now() + l.ttl // counted from before the request: the server's lease begins later
	call := l.host.Send(server, ask{h.grant, l.ttl})
	l.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: h.grant})
	number, err := call.Wait(l.timeout)
	switch {
	case err != nil:
		_ = h.Release() // in case it was granted after all; otherwise the lease runs out
		return nil, fmt.Errorf("acquire: %w", err)
	case number == uint64(0):
		return nil, backends.ErrHeld
	case !h.Valid():
		_ = h.Release()
		return nil, backends.ErrTooLate
	}
	if l.token {
		h.token = number.(uint64)
	}
	return h, nil
}

// held is a lease as its holder sees it.
type held struct {
	lock  *lock
	grant string
	token uint64
	until time.Duration
}

func (h *held) Grant() string        { return h.grant }
func (h *held) Token() uint64        { return h.token }
func (h *held) Until() time.Duration { return h.until }
func (h *held) Valid() bool          { return h.lock.host.Now() < h.until }
func (h *held) Lost() sim.Signal     { return nil } // nobody tells the holder

func (h *held) Release() error {
	number, err := h.lock.host.Send(server, ask{grant: h.grant}).Wait(h.lock.timeout)
	if err != nil {
		return fmt.Errorf("release: %w", err)
	}
	if number == uint64(0) {
		return backends.ErrLost
	}
	return nil
}
