//go:build linux

package lib

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

const (
	labTTL   = time.Second      // etcd grants no shorter lease
	patience = 20 * time.Second // far more than any of this takes
)

func TestMain(m *testing.M) {
	roles := map[string]live.Role{"holder": holder}
	for _, b := range Backends() {
		maps.Copy(roles, b.(Backend).Roles())
	}
	os.Exit(livetest.Main(m, roles))
}

// holderSpec tells the role "holder" which lock to take, when, how long to wait for it
// each time, how long to keep it, and how often to do all that.
type holderSpec struct {
	Lock             string
	Servers          []string
	After, Wait, For time.Duration
	Times            int
}

func settings(lock string) (backends.Spec, backends.Settings, error) {
	spec, err := backends.Registry(Backends()).ParseSpec(lock)
	if err != nil {
		return spec, backends.Settings{}, err
	}
	s, err := spec.Settings(labTTL, false)
	return spec, s, err
}

func holder(h *live.Host, orders json.RawMessage) error {
	var o holderSpec
	if err := json.Unmarshal(orders, &o); err != nil {
		return err
	}
	spec, s, err := settings(o.Lock)
	if err != nil {
		return err
	}
	lock, err := spec.Backend.(Backend).Dial(h, o.Servers, s)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	h.Sleep(o.After)
	for range max(1, o.Times) {
		hold(h, lock, o)
	}
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// hold takes the lock once. After its work the client looks whether it may still count on
// it.
func hold(h *live.Host, lock backends.Lock, o holderSpec) {
	lease, err := lock.Acquire(o.Wait)
	if err != nil {
		h.Record(sim.Event{Kind: sim.NotAcquired, Note: err.Error()})
		return
	}
	h.Record(sim.Event{Kind: sim.Acquired, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})
	h.Sleep(o.For)
	looked := sim.Event{Kind: sim.Abandon, Grant: lease.Grant()}
	if lease.Valid() {
		looked.Kind = sim.Check
	}
	h.Record(looked)
	h.Record(sim.Event{Kind: sim.Release, Grant: lease.Grant()})
	if err := lease.Release(); err != nil {
		h.Record(sim.Event{Kind: sim.NotReleased, Grant: lease.Grant(), Note: err.Error()})
		return
	}
	h.Record(sim.Event{Kind: sim.Released, Grant: lease.Grant()})
}

// bench is a lab with the servers that a library works with, and two clients' hosts.
type bench struct {
	*testing.T
	ctx      context.Context
	lab      *live.Lab
	lock     string
	backend  Backend
	settings backends.Settings
	servers  []sim.HostID
	used     bool
}

func newBench(t *testing.T, lock string) *bench {
	t.Helper()
	livetest.Need(t)
	spec, s, err := settings(lock)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, lock: lock, backend: spec.Backend.(Backend), settings: s, servers: spec.Backend.Servers(s)}
	livetest.NeedAll(t, b.backend.Missing(s))
	if b.lab, err = live.NewLab(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	b.ctx = ctx
	t.Cleanup(func() {
		cancel()
		if err := b.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, id := range append(slices.Clone(b.servers), "client-1", "client-2") {
		if _, err := b.lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.backend.Start(b.ctx, b.lab, s); err != nil {
		t.Fatal(err)
	}
	return b
}

// trial runs the two clients, and gives what happened.
func (b *bench) trial(first, second holderSpec, steps ...sim.Step) story {
	b.Helper()
	if b.used {
		if err := b.backend.Reset(b.ctx, b.lab, b.settings); err != nil {
			b.Fatal(err)
		}
	}
	b.used = true
	if err := b.backend.Observe(b.ctx, b.lab, b.settings); err != nil {
		b.Fatal(err)
	}
	for i, o := range []holderSpec{first, second} {
		id := sim.HostID(fmt.Sprintf("client-%d", i+1))
		o.Lock, o.Servers = b.lock, backends.ServerAddresses(b.lab, b.servers)
		if _, err := b.lab.Agent(id).StartRole("holder", o); err != nil {
			b.Fatal(err)
		}
	}
	events, err := live.NewWorld(b.lab, steps).Run(b.ctx, patience, []sim.HostID{"client-1", "client-2"})
	if err != nil {
		b.Fatal(err)
	}
	return story{b.T, b.backend.Conclude(events, b.settings)}
}

// story is what happened in a trial.
type story struct {
	*testing.T
	events []sim.Event
}

func (s story) String() string {
	var lines []string
	for _, e := range s.events {
		lines = append(lines, fmt.Sprintf("%8.3f %s %s %s %d %s", e.At.Seconds(), e.Host, e.Kind, e.Grant, e.Token, e.Note))
	}
	return strings.Join(lines, "\n")
}

// of gives the events of these kinds that a host recorded.
func (s story) of(host sim.HostID, kinds ...sim.Kind) (out []sim.Event) {
	for _, e := range s.events {
		if e.Host == host && slices.Contains(kinds, e.Kind) {
			out = append(out, e)
		}
	}
	return out
}

// only gives the one event of this kind that a host recorded.
func (s story) only(host sim.HostID, kind sim.Kind) sim.Event {
	s.Helper()
	found := s.of(host, kind)
	if len(found) != 1 {
		s.Fatalf("%s: %d times %s, expected once, in\n%s", host, len(found), kind, s)
	}
	return found[0]
}

// service gives the events of this kind that the observers recorded about a grant.
func (s story) service(kind sim.Kind, grant string) (out []sim.Event) {
	for _, e := range s.events {
		if e.Kind == kind && e.Grant == grant && !strings.HasPrefix(string(e.Host), "client-") {
			out = append(out, e)
		}
	}
	return out
}

// first gives the first event of this kind that the observers recorded about a grant.
func (s story) first(kind sim.Kind, grant string) sim.Event {
	s.Helper()
	found := s.service(kind, grant)
	if len(found) == 0 {
		s.Fatalf("the service has not %s %s, in\n%s", kind, grant, s)
	}
	return found[0]
}

// pauseFor stops client 1 on its first event of a kind.
func pauseFor(on sim.Kind, length time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: on, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: length},
	}
}
