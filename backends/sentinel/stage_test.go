package sentinel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

const ttl = 10 * time.Second

// stage is a Redis with failover and some clients with a lock on it, all a millisecond
// apart. Without options the master is taken for down after 5 s, and a write leaves it for
// the replica after 10 ms.
type stage struct {
	t       tester
	world   *virtual.World
	service *service
	clients []sim.HostID
	lock    map[sim.HostID]backends.Lock
	names   map[string]string // random values by the letters that stand for them
}

// tester is what a test and a property have in common.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

func newStage(t tester, spec string, seed uint64, token bool, clients ...sim.HostID) *stage {
	t.Helper()
	s := &stage{t: t, world: virtual.New(seed), clients: clients, lock: map[sim.HostID]backends.Lock{}, names: map[string]string{}}
	set := settings(t, spec, token)
	hosts := slices.Concat(Backend{}.Servers(set), clients)
	for _, id := range hosts {
		s.world.AddHost(id)
	}
	for _, from := range hosts {
		for _, to := range hosts {
			s.world.SetLatency(from, to, virtual.Latency{Base: time.Millisecond})
		}
	}
	s.service = start(s.world, set)
	for _, id := range clients {
		h := s.world.Host(id)
		s.lock[id] = redis.NewLock(h, dial(h, set), set)
	}
	return s
}

func settings(t tester, spec string, token bool) backends.Settings {
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

// take asks for the lock, writes down what it was told, and keeps it for ever.
func take(h sim.Host, l backends.Lock, wait time.Duration) bool {
	lease, err := l.Acquire(wait)
	if err != nil {
		h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
		return false
	}
	h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
	return true
}

// taking is a client that asks for the lock when so much time has passed.
func taking(at, wait time.Duration) func(h sim.Host, l backends.Lock) {
	return func(h sim.Host, l backends.Lock) {
		h.Sleep(at)
		take(h, l, wait)
	}
}

// takingThen is taking, and does something once the client has the lock.
func takingThen(at time.Duration, then func()) func(h sim.Host, l backends.Lock) {
	return func(h sim.Host, l backends.Lock) {
		h.Sleep(at)
		if take(h, l, 0) {
			then()
		}
	}
}

// at does something to the world at a point of true time, and notes it in the transcript.
func (s *stage) at(at time.Duration, what string, f func()) {
	s.world.After(at, func() {
		s.world.RecordFault(sim.Event{Kind: sim.FaultApplied, Note: what})
		f()
	})
}

// apart cuts off these hosts, in both directions, from all others.
func (s *stage) apart(hosts ...sim.HostID) { s.between(hosts, s.world.Cut) }

// together takes that back.
func (s *stage) together(hosts ...sim.HostID) { s.between(hosts, s.world.Mend) }

func (s *stage) between(hosts []sim.HostID, do func(from, to sim.HostID)) {
	for _, other := range slices.Concat(s.service.servers, s.service.sentinels, s.clients) {
		if slices.Contains(hosts, other) {
			continue
		}
		for _, h := range hosts {
			do(h, other)
			do(other, h)
		}
	}
}

// roles notes in the transcript who the majority of the Sentinels takes for the master,
// and who takes itself for one, each time that one of the two changes.
func (s *stage) roles(every time.Duration) {
	last := fmt.Sprintf("the Sentinels name %s; masters: [%s]", MasterID, MasterID)
	var look func()
	look = func() {
		var masters []sim.HostID
		for _, n := range s.service.nodes {
			if !n.host.Down() && n.master == "" {
				masters = append(masters, n.host.ID())
			}
		}
		now := fmt.Sprintf("the Sentinels name %s; masters: %v", s.service.master(), masters)
		if now != last {
			s.world.RecordFault(sim.Event{Kind: sim.FaultProven, Note: now})
			last = now
		}
		s.world.After(every, look)
	}
	look()
}

func (s *stage) run(until time.Duration) []sim.Event {
	s.t.Helper()
	defer s.world.Close()
	if err := s.world.Run(until); err != nil {
		s.t.Fatal(err)
	}
	return s.world.Events()
}

// expect runs the world and compares what happened with a transcript: one event a line,
// random values as letters in the order in which they appear. Requests are left out.
func (s *stage) expect(until time.Duration, transcript string) {
	s.t.Helper()
	var lines []string
	for _, e := range s.run(until) {
		if e.Kind != sim.End && e.Kind != sim.AcquireSent {
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
	if e.Host == "" {
		return fmt.Sprintf("%v -- %s", e.At, e.Note)
	}
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

// both tells whether two clients believed at once that they held the lock, each until the
// deadline that it was told.
func both(events []sim.Event) bool {
	var until time.Duration
	for _, e := range events {
		if e.Kind == sim.Acquired {
			if e.At < until {
				return true
			}
			until = e.Until
		}
	}
	return false
}

// eachTick looks at every Sentinel that is switched on, often enough to see each state that
// it goes through: between two of them lies a tick of its timer, 50 ms or more.
func (s *stage) eachTick(look func(*sentinel)) {
	for _, g := range s.service.guards {
		if !g.host.Down() {
			look(g)
		}
	}
	s.world.After(20*time.Millisecond, func() { s.eachTick(look) })
}
