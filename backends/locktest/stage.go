// Package locktest is a stage for tests of a lock: a lock service, some clients with a plan,
// faults, and the story of what happened, in lines that a test compares with what it expects. It is
// for tests only; nothing that is built into locklab imports it.
package locktest

import (
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

// near is how far clients are from servers: always the same, so that the times of a story can be
// worked out by hand.
var near = virtual.Latency{Base: time.Millisecond}

// Parse parses "etcd+renew" as one of these backends with its settings, for leases of length ttl.
func Parse[B backends.Backend](t rapid.TB, spec string, ttl time.Duration, token bool, known ...B) (B, backends.Settings) {
	t.Helper()
	b, s, err := parse(spec, ttl, token, known)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

// ExpectRefusal checks the error for a spec under a lease; an empty says means that the spec is
// accepted.
func ExpectRefusal[B backends.Backend](t rapid.TB, spec string, ttl time.Duration, says string, known ...B) {
	t.Helper()
	_, _, err := parse(spec, ttl, false, known)
	if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
		t.Errorf("%s with a lease of %v: %v\nexpected it to say: %s", spec, ttl, err, says)
	}
}

func parse[B backends.Backend](spec string, ttl time.Duration, token bool, known []B) (b B, s backends.Settings, err error) {
	var registry backends.Registry
	for _, each := range known {
		registry = append(registry, each)
	}
	parsed, err := registry.ParseSpec(spec)
	if err != nil {
		return b, s, err
	}
	s, err = parsed.Settings(ttl, token)
	return parsed.Backend.(B), s, err
}

// Stage is a lock service in a virtual world, and some clients with a lock on it, a
// millisecond away from every server.
type Stage struct {
	T       rapid.TB // a test, or a property
	World   *virtual.World
	Servers []sim.HostID
	Clients []sim.HostID
	Lock    map[sim.HostID]backends.Lock // by client
	Story   Story
}

// NewStage switches on the service, and gives each client its lock.
func NewStage(t rapid.TB, b backends.Simulated, set backends.Settings, seed uint64, clients ...sim.HostID) *Stage {
	t.Helper()
	s := &Stage{
		T: t, World: virtual.New(seed), Servers: b.Servers(set), Clients: clients,
		Lock: map[sim.HostID]backends.Lock{},
	}
	for _, id := range s.Servers {
		s.World.AddHost(id)
	}
	getLock := b.Simulate(s.World, set)
	for _, id := range clients {
		h := s.World.AddHost(id)
		for _, server := range s.Servers {
			s.World.SetLatency(id, server, near)
			s.World.SetLatency(server, id, near)
		}
		s.Lock[id] = getLock(h)
	}
	return s
}

// Client starts a process on a client's host, which does something with its lock after a while.
func (s *Stage) Client(id sim.HostID, after time.Duration, plan Plan) {
	s.World.Host(id).Go("client", func(h sim.Host) {
		h.Sleep(after)
		plan(h, s.Lock[id])
	})
}

// Cut cuts a host off from others, in both directions, until they are mended. The host itself may
// be among them.
func (s *Stage) Cut(id sim.HostID, others ...sim.HostID) { bothWays(id, others, s.World.Cut) }

// Mend undoes a Cut.
func (s *Stage) Mend(id sim.HostID, others ...sim.HostID) { bothWays(id, others, s.World.Mend) }

func bothWays(id sim.HostID, others []sim.HostID, do func(from, to sim.HostID)) {
	for _, other := range others {
		if other != id {
			do(id, other)
			do(other, id)
		}
	}
}

// CutFor cuts a host off from others, and mends that after a while.
func (s *Stage) CutFor(id sim.HostID, others []sim.HostID, after, length time.Duration) {
	s.World.After(after, func() { s.Cut(id, others...) })
	s.World.After(after+length, func() { s.Mend(id, others...) })
}

// Pause stops a host for a while when it has recorded its first event of a kind.
func (s *Stage) Pause(id sim.HostID, on sim.Kind, length time.Duration) {
	s.World.Direct([]sim.Step{PauseOn(id, on, length)})
}

// Run runs the world until then, ends it, and returns its history.
func (s *Stage) Run(until time.Duration) *sim.History {
	s.T.Helper()
	defer s.World.Close()
	if err := s.World.Run(until); err != nil {
		s.T.Fatal(err)
	}
	return trace.Finish(sim.Header{Clients: s.Clients, Servers: s.Servers, Faults: s.World.Faults()}, s.World.Events(), s.World.Clock)
}

// Expect runs the world until then, and compares the story of what happened with this one. Blank
// lines around the expected story, and tabs in it, do not count.
func (s *Stage) Expect(until time.Duration, story string) {
	s.T.Helper()
	got := strings.Join(s.Story.Lines(s.Run(until).Events), "\n")
	want := strings.ReplaceAll(strings.TrimSpace(story), "\t", "")
	if got != want {
		s.T.Errorf("what happened:\n%s\nexpected:\n%s", got, want)
	}
}

// Find returns the nth event of a kind, counted from 1, that a host has recorded; an empty host
// means any.
func Find(t rapid.TB, events []sim.Event, host sim.HostID, k sim.Kind, nth int) sim.Event {
	t.Helper()
	i := slices.IndexFunc(events, func(e sim.Event) bool {
		if e.Kind == k && (host == "" || e.Host == host) {
			nth--
		}
		return nth == 0
	})
	if i < 0 {
		t.Fatalf("%q has not recorded %s often enough", host, k)
	}
	return events[i]
}
