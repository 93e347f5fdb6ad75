//go:build linux

package trial

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/relay"
	"github.com/locklab/locklab/sim/trace"
)

// clientDuty is the name of the duty that a client's process runs.
const clientDuty = "client"

// clientSpec holds a client process's instructions, sent when it starts.
type clientSpec struct {
	Backend string              `json:"backend"`
	Options []script.LockOption `json:"options,omitempty"` // the scenario's
	Adapted []string            `json:"adapted,omitempty"` // options set for this machine: "renew=off"
	TTL     time.Duration       `json:"ttl"`               // the trial's
	Lease   time.Duration       `json:"lease"`             // of this client's lock
	Own     []script.LockOption `json:"own,omitempty"`     // options of this client's lock alone
	Token   bool                `json:"token"`
	Servers []string            `json:"servers"` // addresses, in the order of Backend.Servers
	Ledger  string              `json:"ledger"`  // address; empty if the lock service keeps the account or the set
	Guard   ledger.Guard        `json:"guard"`   // of an account there
	Plan    workload.Plan       `json:"plan"`
	// Attached describes attached servers; nil if locklab runs the servers itself.
	Attached *backends.Names `json:"attached,omitempty"`
}

// LiveMissing says why trials with this backend and its default options cannot run live on this
// machine, and what to do about it. It returns nil if they can.
func LiveMissing(b backends.Backend) error {
	settings, err := backends.Spec{Backend: b}.Settings(script.LiveTTL, false)
	if err != nil {
		return err
	}
	return liveMissing(b, settings)
}

// liveSettings returns the settings that a live trial with s uses on this machine.
func liveSettings(b backends.Backend, s backends.Settings) backends.Settings {
	if a, ok := b.(backends.Adapted); ok {
		if found, err := a.LiveSettings(s); err == nil {
			return found
		}
	}
	return s // on an error, the live trial reports what is missing
}

func liveMissing(b backends.Backend, s backends.Settings) error {
	l, ok := b.(backends.Live)
	if !ok {
		return fmt.Errorf("backend %s runs only in the virtual world", b.Name())
	}
	return l.Missing(s)
}

// Unavailable says why the trial cannot run on this machine, and what to do about it. It returns
// nil if it can.
func (t Trial) Unavailable() error {
	c, err := t.setup()
	if err != nil {
		return err
	}
	if t.World != sim.LiveWorld {
		_, err := t.simulated()
		return err
	}
	if why := t.Scenario.VirtualOnly; why != "" {
		return fmt.Errorf("%s runs only in the virtual world: %s", t.Scenario.Name, why)
	}
	for _, s := range t.Scenario.Steps {
		if err := live.CanDo(s.Resolve(t.TTL).Do); err != nil {
			return err
		}
	}
	if err := t.onAttached(); err != nil {
		return err
	}
	if err := t.onUnshiftable(c); err != nil {
		return err
	}
	return liveMissing(t.Backend.Backend, c.settings)
}

// play runs the trial in a lab that stands.
func (t Trial) play(ctx context.Context, set *standing, c setup) (*sim.History, *live.World, error) {
	lab := set.lab
	lab.Seed, lab.Nonce = t.Seed, live.NewNonce()
	for _, id := range c.clients {
		if lab.Agent(id) != nil {
			continue
		}
		if _, err := lab.AddHost(id); err != nil {
			return nil, nil, err
		}
	}
	address := ""
	if t.Scenario.HasAccountHost() {
		if err := ledger.Start(ctx, lab, t.Guard); err != nil {
			return nil, nil, err
		}
		address = lab.Address(ledger.HostID)
	}
	if err := set.service.Observe(ctx, lab, c.settings); err != nil {
		return nil, nil, err
	}
	names, err := namesIn(lab, set.service)
	if err != nil {
		return nil, nil, err
	}
	for i, id := range c.clients {
		spec := clientSpec{
			Backend: t.Backend.String(), Options: t.Scenario.Lock, Adapted: t.adapted(c.settings.List()),
			TTL: t.TTL, Lease: t.Scenario.OwnOf(i).Lease(t.TTL), Own: t.Scenario.OwnOf(i).Lock, Token: t.Guard.NeedsToken(),
			Servers: backends.ServerAddresses(lab, c.servers), Ledger: address, Guard: t.Guard,
			Plan: t.plan(i), Attached: names,
		}
		if _, err := lab.Agent(id).StartDuty(clientDuty, spec); err != nil {
			return nil, nil, err
		}
	}
	world := live.NewWorld(lab, c.steps)
	world.Pace = t.pace(c)
	world.Who = func(role sim.Role) []sim.HostID { return set.who(ctx, role) }
	waitFor := c.clients
	if t.Scenario.Adds() {
		waitFor = nil // the trial always runs for its full time
	}
	events, err := world.Run(ctx, t.Scenario.Until.In(t.TTL), waitFor)
	if err != nil {
		return nil, nil, err
	}
	messages := world.Messages()
	if service, ok := set.service.(backends.Concluder); ok {
		events = service.Conclude(events, c.settings)
	}
	if t.Scenario.Adds() {
		events = withSet(events, lab.Nonce, func() (backends.SetContents, error) {
			return set.service.(backends.LiveSetKeeper).ReadSet(ctx, lab, c.settings)
		})
	}
	header := t.header(c)
	header.Pace = world.Pace
	header.Nonce = lab.Nonce
	h := trace.Finish(header, events, world.Clock)
	h.Messages = messages
	h.MakeVisible()
	return h, world, nil
}

// who asks the lock service which hosts play a role. If it gets no answer it returns nil, and the
// fault that needed the hosts is recorded as not applied.
func (s *standing) who(ctx context.Context, role sim.Role) []sim.HostID {
	hosts, err := s.service.Who(ctx, s.lab, s.settings, role)
	if err != nil {
		return nil
	}
	return hosts
}

// Duties returns all programs that run as processes of hosts in the live world. A binary that runs
// live trials must hand them to live.DutyMain before it does anything else.
func Duties() map[string]live.Duty {
	duties := map[string]live.Duty{clientDuty: runClient}
	add := func(more map[string]live.Duty) {
		for name, duty := range more {
			duties[name] = duty
		}
	}
	add(ledger.Duties())
	add(relay.Duties())
	for _, b := range services.Registry() {
		if l, ok := b.(backends.Live); ok {
			add(l.Duties())
		}
	}
	return duties
}

// connect connects a client's process to the lock service and to the ledger, if there is one. A
// client that adds elements is connected to the service that keeps the set, and to nothing else.
func connect(t *workload.Teller, h *live.Host, b backends.Backend, spec clientSpec, s backends.Settings) error {
	if spec.Plan.Kind == workload.Add {
		set, err := b.(backends.LiveSetKeeper).DialSet(h, spec.Servers, s)
		if err != nil {
			return fmt.Errorf("connect to the service that keeps the set: %w", err)
		}
		t.TakeSet(set)
		return nil
	}
	lock, err := dialLock(h, b, spec, s)
	if err != nil {
		return fmt.Errorf("connect to the lock service: %w", err)
	}
	if spec.Ledger == "" {
		t.Take(lock, nil, spec.Guard)
		return nil
	}
	account, err := ledger.Dial(h, spec.Ledger)
	if err != nil {
		return fmt.Errorf("connect to the ledger: %w", err)
	}
	t.Take(lock, account, spec.Guard)
	return nil
}

// runClient runs a client's process: the same teller as in the virtual world, with real
// connections.
func runClient(h *live.Host, raw json.RawMessage) error {
	var spec clientSpec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return fmt.Errorf("read this client's instructions: %w", err)
	}
	backend, err := (&script.Scenario{Lock: spec.Options}).Spec(services.Registry(), spec.Backend)
	if err != nil {
		return err
	}
	if backend, err = (script.OwnClient{Lock: spec.Own}).Spec(backend); err != nil {
		return err
	}
	settings, err := backend.ClientSettings(spec.TTL, spec.Lease, spec.Token)
	if err != nil {
		return err
	}
	if settings, err = settings.WithValues(spec.Adapted); err != nil {
		return err
	}
	teller := workload.NewTeller(h, spec.Plan)
	if err := connect(teller, h, backend.Backend, spec, settings); err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	// When the trial is over the teller is cut off wherever it is, as in the virtual world.
	teller.Work()
	// The host of a finished client stays up so that faults can still hit it, as in the virtual
	// world. Stopped must not be called earlier: a process that has called it is no longer ended
	// at once.
	stopped := h.Stopped()
	h.Outside(func() { <-stopped })
	return nil
}
