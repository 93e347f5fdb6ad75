package redis

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

const ttl = 10 * time.Second

// stage is a Redis server and some clients with a lock on it, a millisecond apart.
type stage struct {
	t     *testing.T
	world *virtual.World
	lock  map[sim.HostID]backends.Lock
	names map[string]string // random values by the letters that stand for them
}

func newStage(t *testing.T, spec string, token bool, clients ...sim.HostID) *stage {
	t.Helper()
	s := &stage{t: t, world: virtual.New(1), lock: map[sim.HostID]backends.Lock{}, names: map[string]string{}}
	s.world.AddHost(ServerID)
	getLock := Backend{}.Simulate(s.world, settings(t, spec, token))
	for _, id := range clients {
		h := s.world.AddHost(id)
		s.world.SetLatency(id, ServerID, virtual.Latency{Base: time.Millisecond})
		s.world.SetLatency(ServerID, id, virtual.Latency{Base: time.Millisecond})
		s.lock[id] = getLock(h)
	}
	return s
}

func settings(t testing.TB, spec string, token bool) backends.Settings {
	t.Helper()
	parsed, err := backends.Registry{Backend{}}.ParseSpec(spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parsed.Settings(ttl, token)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// client starts a process on a client's host.
func (s *stage) client(id sim.HostID, f func(h sim.Host, l backends.Lock)) {
	s.world.Host(id).Go("client", func(h sim.Host) { f(h, s.lock[id]) })
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

// pausedOn stops a client for a while when it has recorded its first event of a kind.
func (s *stage) pausedOn(id sim.HostID, k sim.Kind, d time.Duration) {
	s.world.Direct([]sim.Step{{
		When: sim.Trigger{Host: id, Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: id, For: d},
	}})
}

// expect runs the world and compares what happened, faults aside, with a transcript: one
// event a line, random values as letters in the order in which they appear.
func (s *stage) expect(until time.Duration, transcript string) {
	s.t.Helper()
	if err := s.world.Run(until); err != nil {
		s.t.Fatal(err)
	}
	s.world.Close()
	var lines []string
	for _, e := range s.world.Events() {
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
	if e.Token != 0 {
		line += fmt.Sprintf(" token %d", e.Token)
	}
	if e.Until != 0 {
		line += fmt.Sprintf(" until %v", e.Until)
	}
	if e.Note != "" {
		line += ": " + e.Note
	}
	return line
}

// run lets the world run to its end.
func run(t testing.TB, w *virtual.World, until time.Duration) {
	t.Helper()
	defer w.Close()
	if err := w.Run(until); err != nil {
		t.Fatal(err)
	}
}
