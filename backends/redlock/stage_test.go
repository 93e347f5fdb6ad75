package redlock

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/virtual"
)

const ttl = 10 * time.Second

var profiles = backends.Registry{Backend{}, Backend{Profile: Reference}, Backend{Profile: Redsync}}

// stage is some Redis servers and some clients with a lock on them, a millisecond apart.
type stage struct {
	t       testing.TB
	world   *virtual.World
	servers []sim.HostID
	lock    map[sim.HostID]backends.Lock
	names   map[string]string // random values by the letters that stand for them
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(...any)
}

func settings(t tester, spec string) (Backend, backends.Settings) {
	t.Helper()
	parsed, err := profiles.ParseSpec(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parsed.Settings(ttl, false)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Backend.(Backend), s
}

func newStage(t testing.TB, spec string, clients ...sim.HostID) *stage {
	t.Helper()
	b, set := settings(t, spec)
	s := &stage{t: t, world: virtual.New(1), servers: b.Servers(set), lock: map[sim.HostID]backends.Lock{}, names: map[string]string{}}
	for _, id := range s.servers {
		s.world.AddHost(id)
	}
	getLock := b.Simulate(s.world, set)
	for _, id := range clients {
		h := s.world.AddHost(id)
		for _, server := range s.servers {
			s.world.SetLatency(id, server, virtual.Latency{Base: time.Millisecond})
			s.world.SetLatency(server, id, virtual.Latency{Base: time.Millisecond})
		}
		s.lock[id] = getLock(h)
	}
	return s
}

// node gives a server, counted from 1.
func (s *stage) node(n int) *virtual.Host { return s.world.Host(s.servers[n-1]) }

// cut separates a client from servers, counted from 1.
func (s *stage) cut(client sim.HostID, nodes ...int) {
	for _, n := range nodes {
		s.world.Cut(client, s.servers[n-1])
		s.world.Cut(s.servers[n-1], client)
	}
}

// client starts a process on a client's host at a point of time.
func (s *stage) client(id sim.HostID, at time.Duration, f func(h sim.Host, l backends.Lock)) {
	s.world.Host(id).Go("client", func(h sim.Host) {
		h.Sleep(at)
		f(h, s.lock[id])
	})
}

// hold takes the lock once, works for a while, and gives it back, writing down what it
// was told.
func hold(wait, work time.Duration) func(h sim.Host, l backends.Lock) {
	return func(h sim.Host, l backends.Lock) {
		lease, err := l.Acquire(wait)
		if err != nil {
			h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
			return
		}
		h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
		h.Sleep(work)
		h.Record(sim.Event{Kind: sim.Release, Grant: lease.Grant()})
		if err := lease.Release(); err != nil {
			h.Record(sim.Event{Kind: sim.NotReleased, Grant: lease.Grant(), Note: err.Error()})
			return
		}
		h.Record(sim.Event{Kind: sim.Released, Grant: lease.Grant()})
	}
}

// pauseOn stops a client for a while when it has recorded its first event of a kind.
func pauseOn(id sim.HostID, k sim.Kind, d time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: id, Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: id, For: d},
	}
}

// history runs the world to its end.
func (s *stage) history(until time.Duration) *sim.History {
	s.t.Helper()
	defer s.world.Close()
	if err := s.world.Run(until); err != nil {
		s.t.Fatal(err)
	}
	return sim.Finish(sim.Header{}, s.world.Events(), s.world.Clock)
}

// expect runs the world and compares what happened, faults aside, with a transcript: one
// event a line, random values as letters in the order in which they appear.
func (s *stage) expect(until time.Duration, transcript string) {
	s.t.Helper()
	var lines []string
	for _, e := range s.history(until).Events {
		if e.Kind != sim.End && e.Fault == "" {
			lines = append(lines, s.line(e))
		}
	}
	got := strings.Join(lines, "\n")
	want := strings.ReplaceAll(strings.TrimSpace(transcript), "\t", "")
	if got != want {
		s.t.Errorf("what happened:\n%s\nexpected:\n%s", got, want)
	}
}

func (s *stage) line(e sim.Event) string {
	line := fmt.Sprintf("%v %s %s", e.At, e.Host, e.Kind)
	if e.Grant != "" {
		if s.names[e.Grant] == "" {
			s.names[e.Grant] = string(rune('A' + len(s.names)))
		}
		line += " " + s.names[e.Grant]
	}
	if e.Until != 0 {
		line += fmt.Sprintf(" until %v", e.Until)
	}
	if e.Note != "" {
		line += ": " + e.Note
	}
	return line
}

// expectOverlap runs the world and judges whether two clients held leases that were valid
// by their own clocks, and that as many clients as given were told they had the lock.
func (s *stage) expectOverlap(want check.Verdict, acquired int) {
	s.t.Helper()
	h := s.history(time.Minute)
	n := 0
	for _, e := range h.Events {
		if e.Kind == sim.Acquired {
			n++
		}
	}
	f := check.One(check.OverlapValid, h)
	if f.Verdict != want || n != acquired {
		s.t.Errorf("overlap-valid is %v (%s), expected %v; acquired %d times, expected %d", f.Verdict, f.Why, want, n, acquired)
	}
}
