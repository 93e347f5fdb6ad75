package zookeeper

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

const ttl = 10 * time.Second

// fataler is what testing.T and rapid.T have in common, as far as it is needed here.
type fataler interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// stage is an ensemble and some clients with a lock on it, a millisecond away.
type stage struct {
	t       fataler
	world   *virtual.World
	servers []sim.HostID
	clients []sim.HostID
	lock    map[sim.HostID]backends.Lock
	names   map[string]string // grants by the letters that stand for them
}

func newStage(t fataler, seed uint64, spec string, clients ...sim.HostID) *stage {
	t.Helper()
	set := settings(t, spec)
	s := &stage{
		t: t, world: virtual.New(seed), servers: Backend{}.Servers(set), clients: clients,
		lock: map[sim.HostID]backends.Lock{}, names: map[string]string{},
	}
	for _, id := range s.servers {
		s.world.AddHost(id)
	}
	getLock := Backend{}.Simulate(s.world, set)
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

// pause is a step that stops a host when it has recorded its first event of a kind.
func pause(id sim.HostID, k sim.Kind, d time.Duration) sim.Step {
	return sim.Step{When: sim.Trigger{Host: id, Kind: k, Nth: 1}, Do: sim.Fault{Kind: sim.Pause, Host: id, For: d}}
}

// cutOff cuts a host off from others for a while.
func (s *stage) cutOff(id sim.HostID, others []sim.HostID, after, length time.Duration) {
	for _, other := range others {
		if other == id {
			continue
		}
		s.world.After(after, func() { s.world.Cut(id, other); s.world.Cut(other, id) })
		s.world.After(after+length, func() { s.world.Mend(id, other); s.world.Mend(other, id) })
	}
}

// leader is the server that leads when asked at this moment.
func (s *stage) leader() *virtual.Host {
	s.t.Helper()
	leaders := s.world.Role(sim.Leader)
	if len(leaders) != 1 {
		s.t.Fatalf("at %v there is no leader", s.world.Now())
	}
	return s.world.Host(leaders[0])
}

// run lets the world run to its end and gives its history.
func (s *stage) run(until time.Duration) *sim.History {
	s.t.Helper()
	defer s.world.Close()
	if err := s.world.Run(until); err != nil {
		s.t.Fatal(err)
	}
	return sim.Finish(sim.Header{Clients: s.clients, Servers: s.servers}, s.world.Events(), s.world.Clock)
}

// expect runs the world and compares what happened, faults and renewals aside, with a
// transcript: one event a line, times in milliseconds, tokens as epoch:index, znodes as
// letters in the order in which they appear.
func (s *stage) expect(until time.Duration, transcript string) {
	s.t.Helper()
	var lines []string
	for _, e := range s.run(until).Events {
		if e.Kind != sim.End && e.Kind != sim.Renewed && e.Fault == "" {
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
	line := fmt.Sprintf("%v %s %s", e.At.Round(time.Millisecond), e.Host, e.Kind)
	if e.Grant != "" {
		if s.names[e.Grant] == "" {
			s.names[e.Grant] = string(rune('A' + len(s.names)))
		}
		line += " " + s.names[e.Grant]
	}
	switch {
	case e.Token > 1<<32:
		line += fmt.Sprintf(" token %d:%d", e.Token>>32, uint32(e.Token))
	case e.Token != 0:
		line += fmt.Sprintf(" token %d", e.Token)
	}
	if e.Until != 0 {
		line += fmt.Sprintf(" until %v", e.Until.Round(time.Millisecond))
	}
	if e.Client != "" && e.Kind == sim.Freed {
		line += " by " + string(e.Client)
	}
	if e.Note != "" {
		line += ": " + e.Note
	}
	return line
}

// find gives the nth event of a kind on a host; an empty host stands for any.
func find(t fataler, h *sim.History, host sim.HostID, k sim.Kind, nth int) sim.Event {
	t.Helper()
	i := slices.IndexFunc(h.Events, func(e sim.Event) bool {
		if e.Kind == k && (host == "" || e.Host == host) {
			nth--
		}
		return nth == 0
	})
	if i < 0 {
		t.Fatalf("%q has not recorded %s often enough", host, k)
	}
	return h.Events[i]
}

var _ fataler = (*testing.T)(nil)
