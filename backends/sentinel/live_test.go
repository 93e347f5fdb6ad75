//go:build linux

package sentinel

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, labRoles())) }

// labTTL outlasts a failover, on a busy machine, too.
const labTTL = 6 * time.Second

// labSpec has the Sentinels notice soon that the master is down.
const labSpec = "sentinel+down-after=0.05ttl+timeout=0.05ttl"

// holderSpec tells the role "holder" when to take the lock, and for how long.
type holderSpec struct {
	Lock                 string
	Servers              []string
	Wait, Patience, Work time.Duration
}

func labRoles() map[string]live.Role {
	roles := Backend{}.Roles()
	roles["holder"] = holder
	return roles
}

func labSettings(lock string) (backends.Settings, error) {
	spec, err := backends.Registry{Backend{}}.ParseSpec(lock)
	if err != nil {
		return backends.Settings{}, err
	}
	return spec.Settings(labTTL, true)
}

// holder takes the lock once, after a while.
func holder(h *live.Host, orders json.RawMessage) error {
	var o holderSpec
	if err := json.Unmarshal(orders, &o); err != nil {
		return err
	}
	s, err := labSettings(o.Lock)
	if err != nil {
		return err
	}
	lock, err := Backend{}.Dial(h, o.Servers, s)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Sleep(o.Wait)
	defer h.Record(sim.Event{Kind: sim.Done})
	lease, err := lock.Acquire(o.Patience)
	if err != nil {
		h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
		return nil
	}
	h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
	h.Sleep(o.Work)
	h.Record(sim.Event{Kind: sim.Release, Grant: lease.Grant()})
	if err := lease.Release(); err != nil {
		h.Record(sim.Event{Kind: sim.NotReleased, Grant: lease.Grant(), Note: err.Error()})
		return nil
	}
	h.Record(sim.Event{Kind: sim.Released, Grant: lease.Grant()})
	return nil
}

// lab is real servers, real Sentinels, and two clients.
type lab struct {
	*testing.T
	lab      *live.Lab
	ctx      context.Context
	spec     string
	settings backends.Settings
	patience time.Duration // of the clients
	from     time.Duration // when client-1 asks
}

func newLab(t *testing.T, spec string) *lab {
	t.Helper()
	livetest.Need(t)
	t.Parallel() // labs do not see each other, and mostly wait
	s, err := labSettings(spec)
	if err != nil {
		t.Fatal(err)
	}
	livetest.NeedAll(t, Backend{}.Missing(s))
	l := &lab{T: t, spec: spec, settings: s, patience: 2 * labTTL, from: 200 * time.Millisecond}
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
	for _, id := range append(Backend{}.Servers(s), "client-1", "client-2") {
		if _, err := l.lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := (Backend{}).Start(ctx, l.lab, s); err != nil {
		t.Fatal(err)
	}
	return l
}

// run has client-1 take the lock, and client-2 a moment later.
func (l *lab) run(work time.Duration, steps ...sim.Step) *sim.History {
	l.Helper()
	if err := (Backend{}).Observe(l.ctx, l.lab, l.settings); err != nil {
		l.Fatal(err)
	}
	clients := []sim.HostID{"client-1", "client-2"}
	for i, id := range clients {
		o := holderSpec{
			Lock: l.spec, Servers: backends.ServerAddresses(l.lab, Backend{}.Servers(l.settings)),
			Wait: l.from + time.Duration(i)*200*time.Millisecond, Patience: l.patience, Work: work,
		}
		if _, err := l.lab.Agent(id).StartRole("holder", o); err != nil {
			l.Fatal(err)
		}
	}
	world := live.NewWorld(l.lab, steps)
	world.Who = func(role sim.Role) []sim.HostID { return l.who(role) }
	events, err := world.Run(l.ctx, 5*labTTL, clients)
	if err != nil {
		l.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == sim.FaultUnproven {
			l.Fatalf("%s was not proven: %s", e.Fault, e.Note)
		}
	}
	return sim.Finish(sim.Header{Clients: clients}, Backend{}.Conclude(events, l.settings), world.Clock)
}

func (l *lab) who(role sim.Role) []sim.HostID {
	hosts, err := Backend{}.Who(l.ctx, l.lab, l.settings, role)
	if err != nil {
		l.Error(err)
	}
	return hosts
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
		text += fmt.Sprintln(e.At, e.Host, e.Kind, e.Grant, e.Token, e.Note, e.Fault)
	}
	return text
}

// masterCrash switches the master off, whoever that is, when client 1 has had the lock for a
// moment: long enough for real replication, and not for one that lags.
func masterCrash(d time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1, After: 100 * time.Millisecond},
		Do:   sim.Fault{Kind: sim.Crash, Host: sim.Master, For: d},
	}
}

func TestARealMasterGivesOneLockToOneClientAfterTheOther(t *testing.T) {
	l := newLab(t, labSpec)
	for range 2 { // the same servers serve both trials
		h := l.run(400 * time.Millisecond)
		l.expect(h, check.Holds)
		var got []string
		for _, e := range only(h, sim.Granted, sim.Freed, sim.Expired, sim.Forgotten, sim.NodeGranted, sim.NodeEnded) {
			got = append(got, fmt.Sprint(e.Host, " ", e.Kind, " ", e.Token))
		}
		want := []string{"redis-master granted 1", "redis-master freed 0", "redis-master granted 2", "redis-master freed 0"}
		if !slices.Equal(got, want) {
			t.Errorf("what the servers did: %q, expected %q", got, want)
		}
		if got := l.who(sim.Replica); !slices.Equal(got, []sim.HostID{"redis-replica-1"}) {
			t.Errorf("the replicas are %v", got)
		}
		if err := (Backend{}).Reset(l.ctx, l.lab, l.settings); err != nil {
			t.Fatal(err)
		}
	}
}

// R2: the master dies before it has replicated the lock.
func TestARealFailoverForgetsALockThatWasNotReplicatedAndRepeatsItsToken(t *testing.T) {
	l := newLab(t, labSpec+"+replication-lag=0.1ttl")
	h := l.run(labTTL*4/5, masterCrash(0))
	l.expect(h, check.Violated)
	grants := only(h, sim.Granted)
	if len(grants) != 2 || grants[0].Host != MasterID || grants[1].Host != "redis-replica-1" || grants[0].Token != grants[1].Token {
		t.Errorf("the lock was granted: %+v; expected the same token from both servers", grants)
	}
	if got := l.who(sim.Master); !slices.Equal(got, []sim.HostID{"redis-replica-1"}) {
		t.Errorf("after the failover the master is %v", got)
	}
	if err := (Backend{}).Reset(l.ctx, l.lab, l.settings); err == nil {
		t.Error("a reset succeeded although the servers have swapped their parts")
	}
}

func TestARealFailoverKeepsALockThatWasReplicated(t *testing.T) {
	l := newLab(t, labSpec+"+replicas=2+wait=1")
	h := l.run(labTTL/2, masterCrash(0)) // too short for the lease to end meanwhile
	l.expect(h, check.Holds)
	if n := len(only(h, sim.Forgotten)); n != 0 {
		t.Errorf("a lock was forgotten of which there was a copy:\n%s", lines(h))
	}
}

func TestAMasterThatIsBackAtOnceAndEmptyForgetsTheLockForAll(t *testing.T) {
	l := newLab(t, "sentinel+timeout=0.05ttl") // down-after is longer than the crash
	h := l.run(labTTL*4/5, masterCrash(50*time.Millisecond))
	l.expect(h, check.Violated)
	if n := len(only(h, sim.Forgotten)); n != 1 {
		t.Errorf("a lock was forgotten %d times, expected once: the replica copies the empty master\n%s", n, lines(h))
	}
}

func TestAMasterWithoutItsReplicaRefusesWritesIfItIsTold(t *testing.T) {
	l := newLab(t, labSpec+"+min-replicas-to-write=1+min-replicas-max-lag=1s")
	l.patience, l.from = 100*time.Millisecond, 3500*time.Millisecond // masters count by whole seconds, once a second
	h := l.run(0, sim.Step{Do: sim.Fault{Kind: sim.Crash, Host: sim.Replica}})
	refused := only(h, sim.NotAcquired)
	if len(refused) != 2 || len(only(h, sim.Granted)) != 0 {
		t.Fatalf("expected that nobody gets the lock:\n%s", lines(h))
	}
	for _, e := range refused {
		if !strings.Contains(e.Note, "NOREPLICAS") {
			t.Errorf("%s was told %q", e.Host, e.Note)
		}
	}
}
