package etcd

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

const ttl = 10 * time.Second

// stage is an etcd cluster and some clients with a lock on it, a millisecond away.
type stage struct {
	t       fataler
	world   *virtual.World
	members []sim.HostID
	lock    map[sim.HostID]backends.Lock
}

func newStage(t fataler, seed uint64, spec string, clients ...sim.HostID) *stage {
	t.Helper()
	s := &stage{t: t, world: virtual.New(seed), lock: map[sim.HostID]backends.Lock{}}
	settings := settings(t, spec)
	s.members = Backend{}.Servers(settings)
	for _, id := range s.members {
		s.world.AddHost(id)
	}
	getLock := Backend{}.Simulate(s.world, settings)
	for _, id := range clients {
		h := s.world.AddHost(id)
		for _, m := range s.members {
			s.world.SetLatency(id, m, virtual.Latency{Base: time.Millisecond})
			s.world.SetLatency(m, id, virtual.Latency{Base: time.Millisecond})
		}
		s.lock[id] = getLock(h)
	}
	return s
}

func settings(t fataler, spec string) backends.Settings {
	t.Helper()
	parsed, err := backends.Registry{Backend{}}.ParseSpec(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parsed.Settings(ttl, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// client starts a process on a client's host after a while.
func (s *stage) client(id sim.HostID, after time.Duration, f func(h sim.Host, l backends.Lock)) {
	s.world.Host(id).Go("client", func(h sim.Host) {
		h.Sleep(after)
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

// pause stops a host for a while when a host has recorded its first event of a kind.
func pause(host sim.HostID, on sim.HostID, k sim.Kind, d time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: on, Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: host, For: d},
	}
}

// cutOff cuts a host off from others, or mends it.
func (s *stage) cutOff(id sim.HostID, others []sim.HostID, cut bool) {
	for _, m := range others {
		switch {
		case m == id:
		case cut:
			s.world.Cut(id, m)
			s.world.Cut(m, id)
		default:
			s.world.Mend(id, m)
			s.world.Mend(m, id)
		}
	}
}

// run lets the world run to its end and gives its events.
func (s *stage) run(until time.Duration) []sim.Event {
	s.t.Helper()
	defer s.world.Close()
	if err := s.world.Run(until); err != nil {
		s.t.Fatal(err)
	}
	return s.world.Events()
}

// expect runs the world and compares what happened, faults and renewals aside, with a
// transcript: one event a line, times in milliseconds.
func (s *stage) expect(until time.Duration, transcript string) {
	s.t.Helper()
	var lines []string
	for _, e := range s.run(until) {
		if e.Kind != sim.End && e.Kind != sim.Renewed && e.Kind != sim.Extended && e.Fault == "" {
			lines = append(lines, line(e))
		}
	}
	got := strings.Join(lines, "\n")
	want := strings.ReplaceAll(strings.TrimSpace(transcript), "\t", "")
	if got != want {
		s.t.Errorf("what happened:\n%s\nexpected:\n%s", got, want)
	}
}

func line(e sim.Event) string {
	line := fmt.Sprintf("%v %s %s", e.At.Round(time.Millisecond), e.Host, e.Kind)
	if e.Grant != "" {
		line += " " + e.Grant
	}
	if e.Token != 0 {
		line += fmt.Sprintf(" token %d", e.Token)
	}
	if e.Until != 0 {
		line += fmt.Sprintf(" until %v", e.Until.Round(time.Millisecond))
	}
	if e.Note != "" {
		line += ": " + e.Note
	}
	return line
}

// find gives the nth event of a kind on a host.
func find(t fataler, events []sim.Event, host sim.HostID, k sim.Kind, nth int) sim.Event {
	t.Helper()
	for _, e := range events {
		if e.Host == host && e.Kind == k {
			if nth--; nth == 0 {
				return e
			}
		}
	}
	t.Fatalf("%s has not recorded %s often enough", host, k)
	return sim.Event{}
}

// fataler is what testing.T and rapid.T have in common, as far as it is needed here.
type fataler interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}
