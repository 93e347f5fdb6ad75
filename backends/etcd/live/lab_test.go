//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// labTTL is the shortest lease that the members grant.
const labTTL = time.Second

var testDuties = map[string]live.Duty{observerDuty: observe, locktest.HolderDuty: locktest.Holder(locktest.HoldAsOrdered, Backend{})}

// labCluster is three members on their hosts, and two clients on theirs.
type labCluster struct{ *locktest.Lab }

func newLabCluster(t *testing.T) labCluster {
	t.Helper()
	return labCluster{locktest.NewLab(t, "etcd", labTTL, true, []sim.HostID{"client-1", "client-2"}, Backend{})}
}

// trial makes client-1 take the lock at once, and client-2 a moment later.
func (c labCluster) trial(work time.Duration, steps ...sim.Step) []sim.Event {
	c.Helper()
	const later = 200 * time.Millisecond
	orders := []locktest.Order{{Wait: patience, Work: work}, {After: later, Wait: patience, Work: work}}
	return c.Trial(patience, orders, steps...).Events
}

// expectInOrder compares what happened to each client's lock, each time in the order of true time:
// what the client was told, and what the cluster did.
func (c labCluster) expectInOrder(events []sim.Event, client sim.HostID, want ...sim.Kind) {
	c.Helper()
	var got []sim.Kind
	mine := map[string]bool{}
	for _, e := range events {
		if e.Kind == sim.Granted && e.Client == client {
			mine[e.Grant] = true
		}
		service := slices.Contains(sim.ServerKinds(), e.Kind) && mine[e.Grant]
		if (service || e.Host == client) && e.Fault == 0 && !slices.Contains([]sim.Kind{sim.Renewed, sim.Done, sim.Deadline}, e.Kind) {
			got = append(got, e.Kind)
		}
	}
	// The observer's stamps may be late by a fraction of a millisecond.
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		c.Errorf("%s: %v, expected %v, in\n%s", client, got, want, locktest.Transcript(events))
	}
}

func TestRealClientsTakeTheLockOneAfterTheOtherAndAPausedHolderLosesIt(t *testing.T) {
	c := newLabCluster(t)
	c.Start()
	events := c.trial(300 * time.Millisecond)
	whole := []sim.Kind{sim.AcquireSent, sim.Granted, sim.Acquired, sim.Release, sim.Freed, sim.Released}
	c.expectInOrder(events, "client-1", slices.Clone(whole)...)
	c.expectInOrder(events, "client-2", slices.Clone(whole)...)
	first, second := locktest.Find(t, events, "client-1", sim.Acquired, 1), locktest.Find(t, events, "client-2", sim.Acquired, 1)
	freed := locktest.Find(t, events, "client-1", sim.Release, 1)
	if second.Token <= first.Token || second.At < freed.At {
		t.Errorf("client-2 got the lock with token %d at %v; client-1 had token %d and gave it back at %v",
			second.Token, second.At, first.Token, freed.At)
	}

	c.Reset()
	// The paused client may have received an answer that it reads only when it wakes up. It then
	// takes its lease for renewed, and learns the truth from the next keep-alive, a third of the
	// lease later: it must not give the lock back before.
	events = c.trial(3*labTTL/4, locktest.PauseOn("client-1", sim.Acquired, 5*labTTL/2))
	c.expectInOrder(events, "client-1", sim.AcquireSent, sim.Granted, sim.Acquired, sim.Expired, sim.Lost, sim.Release, sim.NotReleased)
	c.expectInOrder(events, "client-2", slices.Clone(whole)...)
	paused, next := locktest.Find(t, events, "client-1", sim.Acquired, 1), locktest.Find(t, events, "client-2", sim.Acquired, 1)
	if paused.Token <= second.Token || next.Token <= paused.Token {
		t.Errorf("the tokens are %d, %d, and after a reset %d, %d", first.Token, second.Token, paused.Token, next.Token)
	}
	lost := locktest.Find(t, events, "client-1", sim.Lost, 1)
	if resumed := locktest.Find(t, events, "client-1", sim.FaultUndone, 1); next.At >= resumed.At || lost.At < resumed.At {
		t.Errorf("client-1 went on at %v and learned of its loss at %v; client-2 had got the lock at %v",
			resumed.At, lost.At, next.At)
	}
}

func TestTheRealMembersSayWhoLeadsAndAreResetTogether(t *testing.T) {
	c := newLabCluster(t)
	c.Start()
	leaders := c.Who(sim.Leader)
	if len(leaders) != 1 || !slices.Contains(c.Servers, leaders[0]) {
		t.Fatalf("the leaders are %v", leaders)
	}
	leader := leaders[0]
	if m := c.Who(sim.Majority); len(m) != 2 || !slices.Contains(m, leader) {
		t.Errorf("the majority is %v, led by %s", m, leader)
	}
	if m := c.Who(sim.Minority); len(m) != 1 || slices.Contains(m, leader) {
		t.Errorf("the minority is %v without %s", m, leader)
	}

	agent := c.Live.Agent(leader)
	if err := agent.Pause(); err != nil {
		t.Fatal(err)
	}
	livetest.Eventually(t, "the others find another leader than the stopped one", func() bool {
		now := c.Who(sim.Leader)
		return len(now) == 1 && now[0] != leader
	})
	short, cancel := context.WithTimeout(c.Ctx, 100*time.Millisecond)
	defer cancel()
	if err := (Backend{}).Reset(short, c.Live, c.Settings); err == nil {
		t.Error("a cluster with a stopped member was reset")
	}
	if err := agent.Resume(); err != nil {
		t.Fatal(err)
	}
	c.Reset()
	// A lock that was left behind does not outlive the reset.
	left := c.reach()
	defer left.close()
	lease, err := left.clients[0].Grant(c.Ctx, 3600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := left.clients[0].Put(c.Ctx, key, "client-1", clientv3.WithLease(lease.ID)); err != nil {
		t.Fatal(err)
	}
	c.Reset()
	for i, client := range left.clients {
		keys, err1 := client.Get(c.Ctx, key)
		leases, err2 := client.Leases(c.Ctx)
		if err := errors.Join(err1, err2); err != nil {
			t.Error(err)
		} else if keys.Count != 0 || len(leases.Leases) != 0 {
			t.Errorf("after a reset %s has %d keys and %d leases", c.Servers[i], keys.Count, len(leases.Leases))
		}
	}
}

// reach returns clients of the members.
func (c labCluster) reach() *liveCluster {
	c.Helper()
	reached, err := reachCluster(c.Live, c.Servers)
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
		s.run(t, p) // its socket still exists
		if !s.has(t, key) {
			t.Error("it has forgotten a key that it had acknowledged")
		}
	})
}

func TestAPortInUseIsSaidInTheServersOwnWords(t *testing.T) {
	for _, port := range []string{servePort, peerPort} {
		c := newLabCluster(t)
		agent := c.Live.Agent("etcd-2")
		err := agent.In(func() error {
			l, err := net.Listen("tcp", net.JoinHostPort(agent.Address(), port))
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = Backend{}.Start(c.Ctx, c.Live, c.Settings)
		if err == nil || !strings.Contains(err.Error(), "etcd on host etcd-2") || !strings.Contains(err.Error(), ":"+port+": bind: address already in use") {
			t.Errorf("Start: %v", err)
		} else if n := strings.Count(err.Error(), "\n"); n > 20 {
			t.Errorf("the error has %d lines:\n%v", n, err)
		}
	}
}

func TestAMemberThatDiesAtItsStartIsNamedWithItsLastWords(t *testing.T) {
	c := newLabCluster(t)
	t.Setenv(serversVar, fakeServer(t, "3.7.3"))
	err := Backend{}.Start(c.Ctx, c.Live, c.Settings)
	if err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("Start: %v", err)
	}
}
