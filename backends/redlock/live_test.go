//go:build linux

package redlock

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, labRoles())) }

// labTTL is longer than a test takes that expects no lease to end.
const labTTL = 3 * time.Second

// labSpec runs the lock with a time-out that a busy machine keeps for sure.
const labSpec = "redlock+node-timeout=0.03ttl+retry=0.02ttl"

// holderSpec tells the role "holder" when to take the lock, and for how long.
type holderSpec struct {
	Lock       string
	Servers    []string
	Wait, Work time.Duration
}

func labRoles() map[string]live.Role {
	roles := Backend{}.Roles()
	roles["holder"] = holder
	return roles
}

func labSettings(lock string) (Backend, backends.Settings, error) {
	spec, err := profiles.ParseSpec(lock)
	if err != nil {
		return Backend{}, backends.Settings{}, err
	}
	s, err := spec.Settings(labTTL, false)
	return spec.Backend.(Backend), s, err
}

// holder takes the lock once, after a while.
func holder(h *live.Host, orders json.RawMessage) error {
	var o holderSpec
	if err := json.Unmarshal(orders, &o); err != nil {
		return err
	}
	b, s, err := labSettings(o.Lock)
	if err != nil {
		return err
	}
	lock, err := b.Dial(h, o.Servers, s)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Sleep(o.Wait)
	hold(2*labTTL, o.Work)(h, lock)
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// lab is real servers and two clients.
type lab struct {
	*testing.T
	lab      *live.Lab
	ctx      context.Context
	spec     string
	backend  Backend
	settings backends.Settings
}

func newLab(t *testing.T, spec string) *lab {
	t.Helper()
	livetest.Need(t)
	t.Parallel() // labs do not see each other, and mostly wait
	l := &lab{T: t, spec: spec}
	var err error
	if l.backend, l.settings, err = labSettings(spec); err != nil {
		t.Fatal(err)
	}
	livetest.NeedAll(t, l.backend.Missing(l.settings))
	if l.lab, err = live.NewLab(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	l.ctx = ctx
	t.Cleanup(func() {
		cancel()
		if err := l.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, id := range append(l.backend.Servers(l.settings), "client-1", "client-2") {
		if _, err := l.lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.backend.Start(ctx, l.lab, l.settings); err != nil {
		t.Fatal(err)
	}
	return l
}

// The clients ask one after the other; the first one when partitions are in place.
const (
	first  = 100 * time.Millisecond
	second = 300 * time.Millisecond // after the first
)

// run has client-1 take the lock, and client-2 a moment later.
func (l *lab) run(work time.Duration, steps ...sim.Step) *sim.History {
	l.Helper()
	if err := l.backend.Observe(l.ctx, l.lab, l.settings); err != nil {
		l.Fatal(err)
	}
	clients := []sim.HostID{"client-1", "client-2"}
	for i, id := range clients {
		o := holderSpec{
			Lock: l.spec, Servers: backends.ServerAddresses(l.lab, l.backend.Servers(l.settings)),
			Wait: first + time.Duration(i)*second, Work: work,
		}
		if _, err := l.lab.Agent(id).StartRole("holder", o); err != nil {
			l.Fatal(err)
		}
	}
	world := live.NewWorld(l.lab, steps)
	events, err := world.Run(l.ctx, 5*labTTL, clients)
	if err != nil {
		l.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == sim.FaultUnproven {
			l.Fatalf("%s was not proven: %s", e.Fault, e.Note)
		}
	}
	return sim.Finish(sim.Header{Clients: clients}, l.backend.Conclude(events, l.settings), world.Clock)
}

// expect judges whether both clients held valid leases at one time, after both have had
// the lock.
func (l *lab) expect(h *sim.History, want check.Verdict) {
	l.Helper()
	if n := len(only(h, sim.Acquired)); n != 2 {
		l.Fatalf("the lock was acquired %d times, expected once by each:\n%s", n, lines(h))
	}
	if f := check.One(check.OverlapValid, h); f.Verdict != want {
		l.Errorf("overlap-valid is %v (%s), expected %v:\n%s", f.Verdict, f.Why, want, lines(h))
	}
}

func only(h *sim.History, kinds ...sim.Kind) (events []sim.Event) {
	for _, e := range h.Events {
		if slices.Contains(kinds, e.Kind) {
			events = append(events, e)
		}
	}
	return events
}

func lines(h *sim.History) (text string) {
	for _, e := range h.Events {
		text += fmt.Sprintln(e.At, e.Host, e.Kind, e.Grant, e.Note, e.Fault)
	}
	return text
}

// bare steps leave client 1 the servers 1 to 3, and client 2 the servers 3 to 5: neither
// has more than a bare majority.
func bare(then sim.Fault) []sim.Step {
	cut := func(client sim.HostID, servers ...sim.HostID) sim.Step {
		return sim.Step{Do: sim.Fault{Kind: sim.Partition, From: []sim.HostID{client}, To: servers}}
	}
	return []sim.Step{
		cut("client-1", "redis-4", "redis-5"), cut("client-2", "redis-1", "redis-2"),
		{When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1}, Do: then},
	}
}

func TestFiveRealServersGiveOneLockToOneClientAfterTheOther(t *testing.T) {
	l := newLab(t, labSpec)
	h := l.run(2 * second)
	l.expect(h, check.Holds)
	var got []sim.Kind
	for _, e := range only(h, sim.Granted, sim.Freed, sim.Expired, sim.Forgotten) {
		got = append(got, e.Kind)
	}
	if want := []sim.Kind{sim.Granted, sim.Freed, sim.Granted, sim.Freed}; !slices.Equal(got, want) {
		t.Errorf("the lock was %v, expected %v:\n%s", got, want, lines(h))
	}
	if err := l.backend.Reset(l.ctx, l.lab, l.settings); err != nil {
		t.Fatal(err)
	}
	l.expect(l.run(0), check.Holds) // the same servers serve another trial
}

func TestTheWatchdogProlongsALeaseOnRealServers(t *testing.T) {
	l := newLab(t, labSpec+"+renew+nodes=3")
	h := l.run(labTTL / 2)
	l.expect(h, check.Holds)
	if len(only(h, sim.Extended)) == 0 || len(only(h, sim.Renewed)) == 0 {
		t.Errorf("nobody prolonged the lease:\n%s", lines(h))
	}
}

// K14: of a bare majority, one server's clock jumps.
func TestAClockJumpOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	l := newLab(t, labSpec)
	jump := sim.Fault{Kind: sim.ClockFault, Host: "redis-3", Clock: sim.WallClock, Step: 2 * labTTL}
	l.expect(l.run(3*second, bare(jump)...), check.Violated)
}

// K15: of a bare majority, one server crashes and comes back empty.
func TestACrashOfOneRealServerOfABareMajorityLetsTwoHoldTheLock(t *testing.T) {
	l := newLab(t, labSpec)
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	l.expect(l.run(3*second, bare(crash)...), check.Violated)
}

func TestSyncingEveryWriteSavesTheBareMajority(t *testing.T) {
	l := newLab(t, labSpec+"+durability=always")
	crash := sim.Fault{Kind: sim.Crash, Host: "redis-3", For: 50 * time.Millisecond}
	l.expect(l.run(3*second, bare(crash)...), check.Holds)
}
