//go:build linux

package zookeeperlive

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var testDuties = map[string]live.Duty{
	observerDuty: observe, "sleeper": sleeper,
	locktest.HolderDuty: locktest.Holder(locktest.HoldAsOrdered, Backend{}),
}

// sleeper creates a znode, is paused over it, and looks around when it wakes up. It records its
// notes with the event done.
func sleeper(h *live.Host, orders json.RawMessage) error {
	o, _, s, err := locktest.Read(orders, Backend{})
	if err != nil {
		return err
	}
	p, err := connect(h, []string{net.JoinHostPort(o.Servers[0], clientPort)}, s, false, net.DialTimeout)
	if err != nil {
		return err
	}
	var news []zookeeper.SessionNews
	p.Listen(func(n zookeeper.SessionNews) {
		if n != zookeeper.Answered {
			news = append(news, n)
		}
	})
	h.Ready()
	h.AwaitStart()
	own, err := p.Create(zookeeper.LockPath+"/sleeper-", patience)
	if err != nil {
		return err
	}
	before := p.Session().ID
	h.Record(sim.Event{Kind: sim.Acquired, Grant: own.Grant()})
	for end := h.Now() + patience; h.Now() < end; h.Sleep(time.Millisecond) {
		if now := p.Session(); now.Connected && now.ID != before {
			break
		}
	}
	_, exists, err := p.Exists(own.Path, patience)
	if err != nil {
		return err
	}
	_, err = p.Create(zookeeper.LockPath+"/sleeper-", patience)
	h.Record(sim.Event{Kind: sim.Done, Note: fmt.Sprintf("%q, old znode: %t, new one: %v", news, exists, err)})
	return nil
}

// bench is a lab with an ensemble and clients.
type bench struct{ *locktest.Lab }

func newBench(t *testing.T, lock string, clients ...sim.HostID) bench {
	t.Helper()
	return bench{locktest.NewLab(t, lock, realTTL, true, clients, Backend{})}
}

// trial runs the clients and returns the events, in order and without times.
func (b bench) trial(orders []locktest.Order, steps ...sim.Step) []string {
	b.Helper()
	var lines []string
	for _, e := range b.Trial(30*time.Second, orders, steps...).Events {
		switch {
		case e.Fault != 0 || slices.Contains([]sim.Kind{sim.End, sim.Renewed, sim.Deadline}, e.Kind) || e.Kind == sim.Done && e.Note == "":
			continue
		}
		line := fmt.Sprintf("%s %s", e.Host, e.Kind)
		if e.Client != "" {
			line += " " + string(e.Client)
		}
		if e.Note != "" {
			line += ": " + e.Note
		}
		lines = append(lines, line)
	}
	return lines
}

func TestARealLockIsTakenAndHandedOverAndNothingOfItIsLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1", "client-2")
	b.Start()
	orders := []locktest.Order{{Work: realTTL / 2}, {After: realTTL / 4, Wait: patience}}
	locktest.ExpectOnHosts(t, b.trial(orders),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "client-2 acquire-sent",
		"client-1 release", "zk-1 freed client-1", "zk-1 granted client-2", "client-1 released",
		"client-2 acquired", "client-2 release", "zk-1 freed client-2", "client-2 released")

	leader, majority, minority := b.Who(sim.Leader), b.Who(sim.Majority), b.Who(sim.Minority)
	if len(leader) != 1 {
		t.Fatalf("the leader is %q", leader)
	}
	if len(majority) != 2 || majority[0] != leader[0] {
		t.Errorf("the majority is %q, expected two with the leader %s", majority, leader[0])
	}
	if len(minority) != 1 || slices.Contains(majority, minority[0]) {
		t.Errorf("the minority is %q beside %q", minority, majority)
	}
	b.Reset()
}

func TestARealHolderThatIsPausedWakesUpBesideTheNextOne(t *testing.T) { // K4
	t.Parallel()
	// The release waits for the next connection, however long a busy machine takes to make it.
	b := newBench(t, "zookeeper+timeout=10ttl", "client-1", "client-2")
	b.Start()
	orders := []locktest.Order{{Work: realTTL / 4}, {After: realTTL / 4, Wait: patience, Work: realTTL}}
	locktest.ExpectOnHosts(t, b.trial(orders, locktest.PauseOn("client-1", sim.Acquired, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "client-2 acquire-sent",
		"zk-1 expired", "zk-1 granted client-2", "client-2 acquired",
		"client-1 lost: disconnected from ZooKeeper", "client-1 release",
		"client-1 not-released: the lock is no longer held: its lease has ended",
		"client-2 release", "zk-1 freed client-2", "client-2 released")
}

func TestTheLibraryOpensANewSessionUnasked(t *testing.T) { // Z9
	t.Parallel()
	b := newBench(t, "zookeeper+servers=1", "client-1")
	b.Start()
	orders := []locktest.Order{{Duty: "sleeper"}}
	locktest.ExpectOnHosts(t, b.trial(orders, locktest.PauseOn("client-1", sim.Acquired, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "zk-1 expired",
		"client-1 acquire-sent", "zk-1 granted client-1",
		`client-1 done: ["disconnected" "expired"], old znode: false, new one: <nil>`)
}

// A client that was stopped for longer than its library waits for a message gives up the connection
// before it reads what has come meanwhile, as the model does. The port enforces that: the library's
// goroutines would race.
func TestARealClientPausedDuringItsAcquireDoesNotReadTheAnswer(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"zookeeper", "zookeeper+check-own-node=off"} {
		b := newBench(t, spec, "client-1")
		b.Start()
		lines := b.trial([]locktest.Order{{}}, locktest.PauseOn("client-1", sim.AcquireSent, 5*realTTL/2))
		last := lines[len(lines)-1]
		locktest.ExpectOnHosts(t, lines[:len(lines)-1], "client-1 acquire-sent", "zk-1 granted client-1", "zk-1 expired")
		if !strings.HasPrefix(last, "client-1 not-acquired: create") || !strings.HasSuffix(last, zookeeper.ErrConnectionLost.Error()) {
			t.Errorf("%s: %s", spec, last)
		}
	}
}

func TestAServerThatEndsAtItsStartIsQuoted(t *testing.T) {
	b := newBench(t, "zookeeper+servers=1")
	t.Setenv(classpathVar, packagedLogger)
	err := (Backend{}).Start(b.Ctx, b.Live, b.Settings)
	if err == nil || !strings.Contains(err.Error(), "QuorumPeerMain") || !strings.Contains(err.Error(), "zk-1") {
		t.Errorf("Start without ZooKeeper among the jars: %v", err)
	}
}

// A server whose peer ports are taken only cannot lead; the ensemble does without that.
func TestAPortInUseIsSaidInTheServersOwnWords(t *testing.T) {
	b := newBench(t, "zookeeper")
	agent := b.Live.Agent("zk-2")
	err := agent.In(func() error {
		l, err := net.Listen("tcp", net.JoinHostPort(agent.Address(), clientPort))
		if err == nil {
			t.Cleanup(func() { l.Close() })
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = Backend{}.Start(b.Ctx, b.Live, b.Settings)
	for _, want := range []string{"zookeeper on host zk-2", "ended before it answered", "Address already in use"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Start says nothing of %q: %v", want, err)
		}
	}
}
