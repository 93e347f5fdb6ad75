//go:build linux

package zookeeper

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// clientSpec tells a client's process which lock to take, where, when, and for how long.
type clientSpec struct {
	Lock             string
	Servers          []string
	After, Wait, For time.Duration
}

var testRoles = map[string]live.Role{observerRole: observe, "holder": holder, "sleeper": sleeper}

func read(orders json.RawMessage) (o clientSpec, s backends.Settings, err error) {
	if err := json.Unmarshal(orders, &o); err != nil {
		return o, s, err
	}
	spec, err := backends.Registry{Backend{}}.ParseSpec(o.Lock)
	if err != nil {
		return o, s, err
	}
	s, err = spec.Settings(realTTL, true)
	return o, s, err
}

// holder takes the lock once, as hold does in the virtual world.
func holder(h *live.Host, orders json.RawMessage) error {
	o, s, err := read(orders)
	if err != nil {
		return err
	}
	lock, err := Backend{}.Dial(h, o.Servers, s)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Sleep(o.After)
	hold(o.Wait, o.For)(h, lock)
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// sleeper creates a znode, is paused over it, and looks around when it wakes up. Its notes
// go with the event done.
func sleeper(h *live.Host, orders json.RawMessage) error {
	o, s, err := read(orders)
	if err != nil {
		return err
	}
	p, err := connect(h, []string{net.JoinHostPort(o.Servers[0], clientPort)}, s, net.DialTimeout)
	if err != nil {
		return err
	}
	var news []SessionNews
	p.Listen(func(n SessionNews) {
		if n != Answered {
			news = append(news, n)
		}
	})
	h.Ready()
	h.AwaitStart()
	own, err := p.Create(LockPath+"/sleeper-", patience)
	if err != nil {
		return err
	}
	before := p.Session().ID
	h.Record(sim.Event{Kind: sim.Acquired, Grant: grantOf(own)})
	for end := h.Now() + patience; h.Now() < end; h.Sleep(time.Millisecond) {
		if now := p.Session(); now.Connected && now.ID != before {
			break
		}
	}
	_, exists, err := p.Exists(own.Path, patience)
	if err != nil {
		return err
	}
	_, err = p.Create(LockPath+"/sleeper-", patience)
	h.Record(sim.Event{Kind: sim.Done, Note: fmt.Sprintf("%q, old znode: %t, new one: %v", news, exists, err)})
	return nil
}

// bench is a lab with an ensemble and clients.
type bench struct {
	*testing.T
	ctx      context.Context
	lab      *live.Lab
	settings backends.Settings
	clients  []sim.HostID
}

func newBench(t *testing.T, lock string, clients ...sim.HostID) *bench {
	t.Helper()
	livetest.Need(t)
	b := &bench{T: t, settings: realSettings(t, lock), clients: clients}
	livetest.NeedAll(t, Backend{}.Missing(b.settings))
	var err error
	if b.lab, err = live.NewLab(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, id := range append(Backend{}.Servers(b.settings), clients...) {
		if _, err := b.lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	var cancel func()
	b.ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return b
}

// start starts the ensemble and its observer.
func (b *bench) start() {
	b.Helper()
	if err := (Backend{}).Start(b.ctx, b.lab, b.settings); err != nil {
		b.Fatal(err)
	}
	if err := (Backend{}).Observe(b.ctx, b.lab, b.settings); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) client(id sim.HostID, role string, o clientSpec) {
	b.Helper()
	o.Servers = backends.ServerAddresses(b.lab, Backend{}.Servers(b.settings))
	if _, err := b.lab.Agent(id).StartRole(role, o); err != nil {
		b.Fatal(err)
	}
}

// run runs the clients and gives the events, in their order and without times.
func (b *bench) run(steps ...sim.Step) []string {
	b.Helper()
	events, err := live.NewWorld(b.lab, steps).Run(b.ctx, 30*time.Second, b.clients)
	if err != nil {
		b.Fatal(err)
	}
	var lines []string
	for _, e := range events {
		switch {
		case e.Fault != "" || e.Kind == sim.End || e.Kind == sim.Renewed || e.Kind == sim.Done && e.Note == "":
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

// expectOnHosts compares what each host recorded; between hosts the order of what happens
// within the same fraction of a millisecond does not count.
func (b *bench) expectOnHosts(got []string, want ...string) {
	b.Helper()
	for _, host := range append([]sim.HostID{ServerID(1)}, b.clients...) {
		of := func(lines []string) (mine []string) {
			for _, l := range lines {
				if strings.HasPrefix(l, string(host)+" ") {
					mine = append(mine, l)
				}
			}
			return mine
		}
		if !slices.Equal(of(got), of(want)) {
			b.Errorf("%s: %q, expected %q", host, of(got), of(want))
		}
	}
}

func TestARealLockIsTakenAndHandedOverAndNothingOfItIsLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1", "client-2")
	b.start()
	b.client("client-1", "holder", clientSpec{Lock: "zookeeper", For: realTTL / 2})
	b.client("client-2", "holder", clientSpec{Lock: "zookeeper", After: realTTL / 4, Wait: patience})
	b.expectOnHosts(b.run(),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "client-2 acquire-sent",
		"client-1 release", "zk-1 freed client-1", "zk-1 granted client-2", "client-1 released",
		"client-2 acquired", "client-2 release", "zk-1 freed client-2", "client-2 released")

	leader, err := Backend{}.Who(b.ctx, b.lab, b.settings, sim.Leader)
	if err != nil || len(leader) != 1 {
		t.Fatalf("the leader is %q, %v", leader, err)
	}
	majority, err := Backend{}.Who(b.ctx, b.lab, b.settings, sim.Majority)
	if err != nil || len(majority) != 2 || majority[0] != leader[0] {
		t.Errorf("the majority is %q, %v, expected two with the leader %s", majority, err, leader[0])
	}
	minority, err := Backend{}.Who(b.ctx, b.lab, b.settings, sim.Minority)
	if err != nil || len(minority) != 1 || slices.Contains(majority, minority[0]) {
		t.Errorf("the minority is %q, %v beside %q", minority, err, majority)
	}
	if err := (Backend{}).Reset(b.ctx, b.lab, b.settings); err != nil {
		t.Error(err)
	}
}

func TestARealHolderThatIsPausedWakesUpBesideTheNextOne(t *testing.T) { // K4
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1", "client-2")
	b.start()
	b.client("client-1", "holder", clientSpec{Lock: "zookeeper", For: realTTL / 4})
	b.client("client-2", "holder", clientSpec{Lock: "zookeeper", After: realTTL / 4, Wait: patience, For: realTTL})
	b.expectOnHosts(b.run(pause("client-1", sim.Acquired, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "client-2 acquire-sent",
		"zk-1 expired", "zk-1 granted client-2", "client-2 acquired",
		"client-1 lost: disconnected from ZooKeeper", "client-1 release",
		"client-1 not-released: the lock is no longer held: its lease has ended",
		"client-2 release", "zk-1 freed client-2", "client-2 released")
}

func TestTheLibraryOpensANewSessionUnasked(t *testing.T) { // Z9
	t.Parallel()
	b := newBench(t, "zookeeper+servers=1", "client-1")
	b.start()
	b.client("client-1", "sleeper", clientSpec{Lock: "zookeeper"})
	b.expectOnHosts(b.run(pause("client-1", sim.Acquired, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "client-1 acquired", "zk-1 expired",
		"client-1 acquire-sent", "zk-1 granted client-1",
		`client-1 done: ["disconnected" "expired"], old znode: false, new one: <nil>`)
}

func TestARealClientPausedDuringItsAcquireFindsItsZnodeGone(t *testing.T) {
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1")
	b.start()
	b.client("client-1", "holder", clientSpec{Lock: "zookeeper"})
	b.expectOnHosts(b.run(pause("client-1", sim.AcquireSent, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "zk-1 expired",
		"client-1 not-acquired: "+errGone.Error())
}

func TestTheLibrarysOwnRecipeDoesNotNoticeThatItsZnodeIsGone(t *testing.T) { // Z9
	t.Parallel()
	b := newBench(t, "zookeeper", "client-1")
	b.start()
	b.client("client-1", "holder", clientSpec{Lock: "zookeeper+check-own-node=off"})
	b.expectOnHosts(b.run(pause("client-1", sim.AcquireSent, 5*realTTL/2)),
		"client-1 acquire-sent", "zk-1 granted client-1", "zk-1 expired", "client-1 acquired",
		"client-1 release", "client-1 not-released: the lock is no longer held: its lease has ended")
}

func TestAServerThatEndsAtItsStartIsQuoted(t *testing.T) {
	b := newBench(t, "zookeeper+servers=1")
	t.Setenv(classpathVar, packagedLogger)
	err := (Backend{}).Start(b.ctx, b.lab, b.settings)
	if err == nil || !strings.Contains(err.Error(), "QuorumPeerMain") || !strings.Contains(err.Error(), "zk-1") {
		t.Errorf("Start without ZooKeeper among the jars: %v", err)
	}
}
