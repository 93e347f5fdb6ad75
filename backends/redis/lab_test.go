//go:build linux

package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

// labTTL is short, because these tests wait for leases to end in real time.
const labTTL = 300 * time.Millisecond

// holderSpec tells the role "holder" which lock to take, where, and for how long.
type holderSpec struct {
	Lock    string
	Servers []string
	Work    time.Duration
	TTL     time.Duration
}

var testRoles = map[string]live.Role{observerRole: observe, "holder": holder}

// holder takes the lock once, as hold does in the virtual world.
func holder(h *live.Host, orders json.RawMessage) error {
	var o holderSpec
	if err := json.Unmarshal(orders, &o); err != nil {
		return err
	}
	spec, err := backends.Registry{Backend{}}.ParseSpec(o.Lock)
	if err != nil {
		return err
	}
	s, err := spec.Settings(o.TTL, true)
	if err != nil {
		return err
	}
	lock, err := Backend{}.Dial(h, o.Servers, s)
	if err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	hold(0, o.Work)(h, lock)
	h.Record(sim.Event{Kind: sim.Done})
	return nil
}

// labTrial is a real server on a host, and one client's.
type labTrial struct {
	*testing.T
	lab      *live.Lab
	ctx      context.Context
	lock     string
	ttl      time.Duration
	settings backends.Settings
}

func newLabTrial(t *testing.T, lock string, ttl time.Duration) *labTrial {
	t.Helper()
	livetest.Need(t)
	spec, err := backends.Registry{Backend{}}.ParseSpec(lock)
	if err != nil {
		t.Fatal(err)
	}
	l := &labTrial{T: t, lock: lock, ttl: ttl}
	if l.settings, err = spec.Settings(ttl, true); err != nil {
		t.Fatal(err)
	}
	livetest.NeedAll(t, Backend{}.Missing(l.settings))
	if l.lab, err = live.NewLab(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	l.ctx = ctx
	t.Cleanup(func() {
		cancel()
		if err := l.lab.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, id := range []sim.HostID{ServerID, "client-1"} {
		if _, err := l.lab.AddHost(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := (Backend{}).Start(ctx, l.lab, l.settings); err != nil {
		t.Fatal(err)
	}
	return l
}

// run has the client hold the lock once.
func (l *labTrial) run(work time.Duration, steps ...sim.Step) []sim.Event {
	l.Helper()
	return l.runUntil(20*time.Second, work, steps...)
}

// runUntil ends the trial at this time if it has not ended before.
func (l *labTrial) runUntil(until, work time.Duration, steps ...sim.Step) []sim.Event {
	l.Helper()
	if err := (Backend{}).Observe(l.ctx, l.lab, l.settings); err != nil {
		l.Fatal(err)
	}
	orders := holderSpec{
		Lock: l.lock, Servers: backends.ServerAddresses(l.lab, []sim.HostID{ServerID}), Work: work, TTL: l.ttl,
	}
	if _, err := l.lab.Agent("client-1").StartRole("holder", orders); err != nil {
		l.Fatal(err)
	}
	events, err := live.NewWorld(l.lab, steps).Run(l.ctx, until, []sim.HostID{"client-1"})
	if err != nil {
		l.Fatal(err)
	}
	return events
}

// runLab runs one holder against a real server and gives the events, without times.
func runLab(t *testing.T, lock string, work time.Duration, steps ...sim.Step) []string {
	t.Helper()
	return told(newLabTrial(t, lock, labTTL).run(work, steps...))
}

func told(events []sim.Event) []string {
	var lines []string
	for _, e := range events {
		if e.Kind == sim.End || e.Kind == sim.Done || e.Fault != "" {
			continue
		}
		line := fmt.Sprintf("%s %s", e.Host, e.Kind)
		if e.Token != 0 {
			line += fmt.Sprintf(" token %d", e.Token)
		}
		lines = append(lines, line)
	}
	return lines
}

func pauseOn(k sim.Kind, d time.Duration) sim.Step {
	return sim.Step{
		When: sim.Trigger{Host: "client-1", Kind: k, Nth: 1},
		Do:   sim.Fault{Kind: sim.Pause, Host: "client-1", For: d},
	}
}

// expectOnHosts compares what each host recorded; between hosts the order of what happens
// within the same fraction of a millisecond does not count.
func expectOnHosts(t *testing.T, got []string, want ...string) {
	t.Helper()
	for _, host := range []string{string(ServerID), "client-1"} {
		of := func(lines []string) (mine []string) {
			for _, l := range lines {
				if strings.HasPrefix(l, host+" ") {
					mine = append(mine, l)
				}
			}
			return mine
		}
		if !slices.Equal(of(got), of(want)) {
			t.Errorf("%s: %q, expected %q", host, of(got), of(want))
		}
	}
}

func TestARealLockIsTakenAndGivenBack(t *testing.T) {
	expectOnHosts(t, runLab(t, "redis", 0),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1",
		"client-1 release", "redis-1 freed", "client-1 released")
}

func TestTheObserverOfARealServerNamesWhoReleased(t *testing.T) {
	for _, lock := range []string{"redis", "redis+plain-del"} {
		events := newLabTrial(t, lock, labTTL).run(0)
		i := slices.IndexFunc(events, func(e sim.Event) bool { return e.Kind == sim.Freed })
		if i < 0 || events[i].Client != "client-1" {
			t.Errorf("%s: of the release by client-1 the observer says %+v", lock, events)
		}
	}
}

func TestARealClientPausedDuringItsAcquireBelievesInADeadLease(t *testing.T) {
	expectOnHosts(t, runLab(t, "redis", 0, pauseOn(sim.AcquireSent, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "redis-1 expired", "client-1 acquired token 1",
		"client-1 release", "client-1 not-released")
}

func TestTheElapsedCheckSavesARealClientPausedDuringItsAcquire(t *testing.T) {
	expectOnHosts(t, runLab(t, "redis+elapsed-check", 0, pauseOn(sim.AcquireSent, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "redis-1 expired", "client-1 not-acquired")
}

func TestTheRealWatchdogTellsAPausedHolderThatItHasLostTheLock(t *testing.T) {
	expectOnHosts(t, runLab(t, "redis+renew", labTTL, pauseOn(sim.Acquired, 3*labTTL/2)),
		"client-1 acquire-sent", "redis-1 granted token 1", "client-1 acquired token 1", "redis-1 expired",
		"client-1 lost", "client-1 release", "client-1 not-released")
}

func TestTheRealWatchdogProlongsTheLease(t *testing.T) {
	got := runLab(t, "redis+renew", 2*labTTL)
	for _, want := range []string{"redis-1 extended", "client-1 renewed", "redis-1 freed", "client-1 released"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing from %q", want, got)
		}
	}
}
