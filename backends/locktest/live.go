//go:build linux

package locktest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
	"github.com/locklab/locklab/sim/trace"
)

// HolderDuty is the duty of a client's process that takes the lock, unless its order names another.
const HolderDuty = "holder"

// labLimit is how long a lab may be up.
const labLimit = 2 * time.Minute

// Order tells a client's process when to take the lock and for how long. The lab fills in the rest.
type Order struct {
	Duty              string
	After, Wait, Work time.Duration
	Times             int // how often; 0 means once

	Lock    string
	TTL     time.Duration
	Token   bool
	Servers []string
}

// Read parses an order, with the lock's settings.
func Read[B backends.Live](orders json.RawMessage, known ...B) (o Order, b B, s backends.Settings, err error) {
	if err := json.Unmarshal(orders, &o); err != nil {
		return o, b, s, err
	}
	b, s, err = parse(o.Lock, o.TTL, o.Token, known)
	return o, b, s, err
}

// Holder is HolderDuty for locks of these backends: the client follows the plan made from its
// order, as often as the order says.
func Holder[B backends.Live](plan func(Order) Plan, known ...B) live.Duty {
	return func(h *live.Host, orders json.RawMessage) error {
		o, b, s, err := Read(orders, known...)
		if err != nil {
			return err
		}
		lock, err := b.Dial(h, o.Servers, s)
		if err != nil {
			return err
		}
		h.Ready()
		h.AwaitStart()
		h.Sleep(o.After)
		for range max(1, o.Times) {
			plan(o)(h, lock)
		}
		h.Record(sim.Event{Kind: sim.Done})
		return nil
	}
}

// HoldAsOrdered is the plan to take the lock once, as Hold does.
func HoldAsOrdered(o Order) Plan { return Hold(o.Wait, o.Work) }

// Lab is a lock service's hosts in the live world, and those of some clients.
type Lab struct {
	*testing.T
	Ctx      context.Context
	Live     *live.Lab
	Backend  backends.Live
	Settings backends.Settings
	Servers  []sim.HostID
	Clients  []sim.HostID
	order    Order       // common to all clients
	world    *live.World // of the last trial; nil if there was none, or Reset has dealt with it
}

// NewLab makes the hosts. The service is one of these backends, and not started yet. A test that
// cannot run here is skipped.
func NewLab[B backends.Live](t *testing.T, lock string, ttl time.Duration, token bool, clients []sim.HostID, known ...B) *Lab {
	t.Helper()
	livetest.Need(t)
	b, s := Parse(t, lock, ttl, token, known...)
	livetest.NeedAll(t, b.Missing(s))
	ctx, cancel := context.WithTimeout(t.Context(), labLimit)
	l := &Lab{T: t, Ctx: ctx, Backend: b, Settings: s, Servers: b.Servers(s), Clients: clients}
	l.order = Order{Lock: lock, TTL: ttl, Token: token}
	l.open()
	t.Cleanup(func() {
		cancel()
		l.close()
	})
	return l
}

// open makes the hosts.
func (l *Lab) open() {
	l.Helper()
	var err error
	if l.Live, err = live.NewLab(); err != nil {
		l.Fatal(err)
	}
	for _, id := range slices.Concat(l.Servers, l.Clients) {
		if _, err := l.Live.AddHost(id); err != nil {
			l.Fatal(err)
		}
	}
	l.order.Servers = backends.ServerAddresses(l.Live, l.Servers)
}

// close ends everything that runs on them.
func (l *Lab) close() {
	l.Helper()
	if err := l.Live.Close(); err != nil {
		l.Error(err)
	}
}

// Start starts the service.
func (l *Lab) Start() {
	l.Helper()
	if err := l.Backend.Start(l.Ctx, l.Live, l.Settings); err != nil {
		l.Fatal(err)
	}
}

// Reset undoes the last trial's faults and empties the service for another one.
func (l *Lab) Reset() {
	l.Helper()
	if err := l.reset(); err != nil {
		l.Fatal(err)
	}
}

func (l *Lab) reset() error {
	if l.world != nil {
		if err := l.world.Heal(); err != nil {
			return err
		}
		l.world = nil
	}
	return l.Backend.Reset(l.Ctx, l.Live, l.Settings)
}

// anew makes the service ready for the same trial once more. A service that cannot be reset, as
// after a failover, is started on new hosts.
func (l *Lab) anew() {
	l.Helper()
	err := l.reset()
	if err == nil {
		return
	}
	l.Logf("the service is started anew: %v", err)
	l.close()
	l.world = nil
	l.open()
	l.Start()
}

// Who returns the service's hosts that play a role at this moment.
func (l *Lab) Who(role sim.Role) []sim.HostID {
	l.Helper()
	hosts, err := l.Backend.Who(l.Ctx, l.Live, l.Settings, role)
	if err != nil {
		l.Error(err)
	}
	return hosts
}

// maxTries is how often a trial is run at most on a machine that is too slow for it.
const maxTries = 3

// Trial runs one trial, in which each client, in their order, carries out an order. It ends when
// all are done, or at until. A fault that was not proven fails the test, and so does a history in
// which an effect precedes its cause. A trial that the machine was too slow for says nothing about
// the lock, and is run again on servers that were reset, or on new ones.
func (l *Lab) Trial(until time.Duration, orders []Order, steps ...sim.Step) *sim.History {
	l.Helper()
	for try := 1; ; try++ {
		h, kept := l.trial(until, orders, steps)
		if kept.Verdict == check.Holds || try == maxTries {
			return h
		}
		l.Logf("tried again: %s", kept.Why)
		l.anew()
	}
}

// trial runs it once, and reports whether the machine kept up. What was late is not in the history:
// tests are about locks.
func (l *Lab) trial(until time.Duration, orders []Order, steps []sim.Step) (*sim.History, check.Finding) {
	l.Helper()
	l.Live.Nonce = live.NewNonce()
	if err := l.Backend.Observe(l.Ctx, l.Live, l.Settings); err != nil {
		l.Fatal(err)
	}
	for i, o := range orders {
		duty := o.Duty
		if duty == "" {
			duty = HolderDuty
		}
		o.Lock, o.TTL, o.Token, o.Servers = l.order.Lock, l.order.TTL, l.order.Token, l.order.Servers
		if _, err := l.Live.Agent(l.Clients[i]).StartDuty(duty, o); err != nil {
			l.Fatal(err)
		}
	}
	var faults []sim.Fault
	for _, s := range steps {
		faults = append(faults, s.Do)
	}
	world := live.NewWorld(l.Live, steps)
	world.Who, world.Pace = l.Who, l.pace()
	l.world = world
	events, err := world.Run(l.Ctx, until, l.Clients)
	if err != nil {
		l.Fatal(err)
	}
	if c, ok := l.Backend.(backends.Concluder); ok {
		events = c.Conclude(events, l.Settings)
	}
	header := sim.Header{World: sim.LiveWorld, Nonce: l.Live.Nonce, Clients: l.Clients, Servers: l.Servers, Faults: faults, Pace: world.Pace}
	for _, e := range events {
		if e.Kind == sim.FaultUnproven {
			l.Fatalf("%s was not proven: %s", header.LaneOf(&e), e.Note)
		}
	}
	kept := check.One(check.KeptUp, trace.Finish(header, events, world.Clock))
	h := trace.Finish(header, slices.DeleteFunc(events, func(e sim.Event) bool { return e.Kind == sim.Late }), world.Clock)
	ExpectOrder(l.T, h, world.Messages())
	return h, kept
}

// pace is what trials of this lock rely on.
func (l *Lab) pace() *sim.Pace {
	p := &sim.Pace{Margin: l.Settings.TTL / 10, Of: "a tenth of the lease"}
	if wait, option := l.Settings.ShortestWait(); option != "" && wait < p.Margin {
		p.Margin, p.Of = wait, option
	}
	return p
}
