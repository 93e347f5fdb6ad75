//go:build linux

package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// labTTL is the shortest lease that the members grant.
const labTTL = time.Second

// holderSpec tells the role "holder" when to take the lock, and for how long.
type holderSpec struct {
	Servers    []string
	Wait, Work time.Duration
}

var testRoles = map[string]live.Role{observerRole: observe, "holder": holder}

// holder takes the lock once, as hold does in the virtual world, after a while.
func holder(h *live.Host, orders json.RawMessage) error {
	var o holderSpec
	if err := json.Unmarshal(orders, &o); err != nil {
		return err
	}
	s, err := backends.Spec{Backend: Backend{}}.Settings(labTTL, true)
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
	hold(patience, o.Work)(h, lock)
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// labCluster is three members on their hosts, and two clients'.
type labCluster struct {
	*testing.T
	lab      *live.Lab
	ctx      context.Context
	settings backends.Settings
	members  []sim.HostID
}

func newLabCluster(t *testing.T) *labCluster {
	t.Helper()
	livetest.Need(t)
	c := &labCluster{T: t, settings: settings(t, "etcd")}
	livetest.NeedAll(t, Backend{}.Missing(c.settings))
	c.members = Backend{}.Servers(c.settings)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	c.ctx = ctx
	lab, err := live.NewLab()
	if err != nil {
		t.Fatal(err)
	}
	c.lab = lab
	t.Cleanup(func() {
		cancel()
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, id := range append(slices.Clone(c.members), "client-1", "client-2") {
		if _, err := lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// start starts the members.
func (c *labCluster) start() {
	c.Helper()
	if err := (Backend{}).Start(c.ctx, c.lab, c.settings); err != nil {
		c.Fatal(err)
	}
}

// trial has client-1 take the lock at once, and client-2 a moment later.
func (c *labCluster) trial(work time.Duration, steps ...sim.Step) []sim.Event {
	c.Helper()
	if err := (Backend{}).Observe(c.ctx, c.lab, c.settings); err != nil {
		c.Fatal(err)
	}
	clients := []sim.HostID{"client-1", "client-2"}
	for i, id := range clients {
		spec := holderSpec{
			Servers: backends.ServerAddresses(c.lab, c.members),
			Wait:    time.Duration(i) * 200 * time.Millisecond, Work: work,
		}
		if _, err := c.lab.Agent(id).StartRole("holder", spec); err != nil {
			c.Fatal(err)
		}
	}
	events, err := live.NewWorld(c.lab, steps).Run(c.ctx, patience, clients)
	if err != nil {
		c.Fatal(err)
	}
	return events
}

// expectInOrder compares what happened to each client's lock, each time in the order of
// true time: what the client was told, and what the cluster did.
func (c *labCluster) expectInOrder(events []sim.Event, client sim.HostID, want ...sim.Kind) {
	c.Helper()
	var got []sim.Kind
	for _, e := range events {
		service := slices.Contains(sim.ServerKinds(), e.Kind) && e.Client == client
		if (service || e.Host == client) && e.Kind != sim.Renewed && e.Kind != sim.Done && e.Fault == "" {
			got = append(got, e.Kind)
		}
	}
	// The observer's stamps may be late by the fraction of a millisecond.
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		c.Errorf("%s: %v, expected %v, in\n%s", client, got, want, transcript(events))
	}
}

func transcript(events []sim.Event) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, line(e))
	}
	return strings.Join(lines, "\n")
}

func TestRealClientsTakeTheLockOneAfterTheOtherAndAPausedHolderLosesIt(t *testing.T) {
	c := newLabCluster(t)
	c.start()
	events := c.trial(300 * time.Millisecond)
	whole := []sim.Kind{sim.AcquireSent, sim.Granted, sim.Acquired, sim.Release, sim.Freed, sim.Released}
	c.expectInOrder(events, "client-1", slices.Clone(whole)...)
	c.expectInOrder(events, "client-2", slices.Clone(whole)...)
	first, second := find(t, events, "client-1", sim.Acquired, 1), find(t, events, "client-2", sim.Acquired, 1)
	freed := find(t, events, "client-1", sim.Release, 1)
	if second.Token <= first.Token || second.At < freed.At {
		t.Errorf("client-2 got the lock with token %d at %v; client-1 had token %d and gave it back at %v",
			second.Token, second.At, first.Token, freed.At)
	}

	if err := (Backend{}).Reset(c.ctx, c.lab, c.settings); err != nil {
		t.Fatal(err)
	}
	events = c.trial(300*time.Millisecond, pause("client-1", "client-1", sim.Acquired, 5*labTTL/2))
	c.expectInOrder(events, "client-1", sim.AcquireSent, sim.Granted, sim.Acquired, sim.Expired, sim.Lost, sim.Release, sim.NotReleased)
	c.expectInOrder(events, "client-2", slices.Clone(whole)...)
	paused, next := find(t, events, "client-1", sim.Acquired, 1), find(t, events, "client-2", sim.Acquired, 1)
	if paused.Token <= second.Token || next.Token <= paused.Token {
		t.Errorf("the tokens are %d, %d, and after a reset %d, %d", first.Token, second.Token, paused.Token, next.Token)
	}
	lost := find(t, events, "client-1", sim.Lost, 1)
	if resumed := find(t, events, "client-1", sim.FaultUndone, 1); next.At >= resumed.At || lost.At < resumed.At {
		t.Errorf("client-1 went on at %v and learned of its loss at %v; client-2 had got the lock at %v",
			resumed.At, lost.At, next.At)
	}
}

func TestTheRealMembersSayWhoLeadsAndAreResetTogether(t *testing.T) {
	c := newLabCluster(t)
	c.start()
	who := func(role sim.Role) []sim.HostID {
		t.Helper()
		hosts, err := Backend{}.Who(c.ctx, c.lab, c.settings, role)
		if err != nil {
			t.Fatal(err)
		}
		return hosts
	}
	leaders := who(sim.Leader)
	if len(leaders) != 1 || !slices.Contains(c.members, leaders[0]) {
		t.Fatalf("the leaders are %v", leaders)
	}
	leader := leaders[0]
	if m := who(sim.Majority); len(m) != 2 || !slices.Contains(m, leader) {
		t.Errorf("the majority is %v, led by %s", m, leader)
	}
	if m := who(sim.Minority); len(m) != 1 || slices.Contains(m, leader) {
		t.Errorf("the minority is %v without %s", m, leader)
	}

	agent := c.lab.Agent(leader)
	if err := agent.Pause(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the others find another leader than the stopped one", func() bool {
		now := who(sim.Leader)
		return len(now) == 1 && now[0] != leader
	})
	short, cancel := context.WithTimeout(c.ctx, 100*time.Millisecond)
	defer cancel()
	if err := (Backend{}).Reset(short, c.lab, c.settings); err == nil {
		t.Error("a cluster with a stopped member was reset")
	}
	if err := agent.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := (Backend{}).Reset(c.ctx, c.lab, c.settings); err != nil {
		t.Error(err)
	}
	// A lock that was left behind does not outlive the reset.
	left := c.reach()
	defer left.close()
	lease, err := left.clients[0].Grant(c.ctx, 3600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := left.clients[0].Put(c.ctx, key, "client-1", clientv3.WithLease(lease.ID)); err != nil {
		t.Fatal(err)
	}
	if err := (Backend{}).Reset(c.ctx, c.lab, c.settings); err != nil {
		t.Error(err)
	}
	for i, client := range left.clients {
		keys, err1 := client.Get(c.ctx, key)
		leases, err2 := client.Leases(c.ctx)
		if err := errors.Join(err1, err2); err != nil {
			t.Error(err)
		} else if keys.Count != 0 || len(leases.Leases) != 0 {
			t.Errorf("after a reset %s has %d keys and %d leases", c.members[i], keys.Count, len(leases.Leases))
		}
	}
}

// reach gives clients of the members.
func (c *labCluster) reach() *liveCluster {
	c.Helper()
	reached, err := reachCluster(c.lab, c.members)
	if err != nil {
		c.Fatal(err)
	}
	return reached
}

func TestAKilledMemberStartsAgainInItsDirectory(t *testing.T) {
	eachServer(t, func(t *testing.T, p program) {
		s := startServer(t, p)
		if _, err := s.admin.Put(t.Context(), key, "client-1"); err != nil {
			t.Fatal(err)
		}
		s.kill()
		s.run(t, p) // its socket is still there
		if !s.has(t, key) {
			t.Error("it has forgotten a key that it had acknowledged")
		}
	})
}

func TestAMemberThatDiesAtItsStartIsNamedWithItsLastWords(t *testing.T) {
	c := newLabCluster(t)
	t.Setenv(serversVar, fakeServer(t, "3.7.3"))
	err := Backend{}.Start(c.ctx, c.lab, c.settings)
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("Start: %v", err)
	}
}
