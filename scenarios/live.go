//go:build linux

package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/relay"
	"github.com/locklab/locklab/sim/trace"
)

// clientRole is what a client's process does.
const clientRole = "client"

// clientSpec is what a client's process is told when it starts.
type clientSpec struct {
	Backend string        `json:"backend"`
	Options []LockOption  `json:"options,omitempty"` // the scenario's
	Adapted []string      `json:"adapted,omitempty"` // what the live world has otherwise: "renew=off"
	TTL     time.Duration `json:"ttl"`               // of the trial
	Lease   time.Duration `json:"lease"`             // of this client's lock
	Own     []LockOption  `json:"own,omitempty"`     // of this client's lock
	Token   bool          `json:"token"`
	Servers []string      `json:"servers"` // addresses, in the order of Backend.Servers
	Ledger  string        `json:"ledger"`  // address; empty: the lock service keeps the account or the set
	Guard   ledger.Guard  `json:"guard"`   // of an account there
	Plan    Plan          `json:"plan"`
	// Attached is what there is to know of attached servers; nil: they are locklab's own.
	Attached *backends.Names `json:"attached,omitempty"`
}

// LiveMissing says why trials with this backend, with the options that it has of itself,
// cannot run live on this machine, and what to do; nil: they can.
func LiveMissing(b backends.Backend) error {
	settings, err := backends.Spec{Backend: b}.Settings(LiveTTL, false)
	if err != nil {
		return err
	}
	return liveMissing(b, settings)
}

// liveSettings gives the settings that a live trial runs with on this machine.
func liveSettings(b backends.Backend, s backends.Settings) backends.Settings {
	if a, ok := b.(backends.Adapted); ok {
		if found, err := a.LiveSettings(s); err == nil {
			return found
		}
	}
	return s // the live trial says what is missing
}

func liveMissing(b backends.Backend, s backends.Settings) error {
	l, ok := b.(backends.Live)
	if !ok {
		return fmt.Errorf("backend %s runs in the virtual world only", b.Name())
	}
	return l.Missing(s)
}

// Unavailable says why the trial cannot be run on this machine, and what to do; nil: it
// can.
func (t Trial) Unavailable() error {
	c, err := t.cast()
	if err != nil {
		return err
	}
	if t.World != LiveWorld {
		_, err := t.simulated()
		return err
	}
	if why := t.Scenario.VirtualOnly; why != "" {
		return fmt.Errorf("%s is for the virtual world only: %s", t.Scenario.Name, why)
	}
	for _, s := range t.Scenario.Steps {
		if err := live.CanDo(s.Resolve(t.TTL).Do); err != nil {
			return err
		}
	}
	if err := t.onAttached(); err != nil {
		return err
	}
	if err := t.onClockbound(c); err != nil {
		return err
	}
	return liveMissing(t.Backend.Backend, c.settings)
}

// play lets the trial run on a stage.
func (t Trial) play(ctx context.Context, set *stage, c cast) (*sim.History, *live.World, error) {
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
	if t.Scenario.hasAccountHost() {
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
			TTL: t.TTL, Lease: t.Scenario.own(i).lease(t.TTL), Own: t.Scenario.own(i).Lock, Token: t.Guard.NeedsToken(),
			Servers: backends.ServerAddresses(lab, c.servers), Ledger: address, Guard: t.Guard,
			Plan: t.plan(i), Attached: names,
		}
		if _, err := lab.Agent(id).StartRole(clientRole, spec); err != nil {
			return nil, nil, err
		}
	}
	world := live.NewWorld(lab, c.steps)
	world.Pace = t.pace(c)
	world.Who = func(role sim.Role) []sim.HostID { return set.who(ctx, role) }
	waitFor := c.clients
	if t.Scenario.Workload.Kind == Add {
		waitFor = nil // the trial is not over before its time
	}
	events, err := world.Run(ctx, t.Scenario.Until.In(t.TTL), waitFor)
	if err != nil {
		return nil, nil, err
	}
	messages := world.Messages()
	if service, ok := set.service.(backends.Concluder); ok {
		events = service.Conclude(events, c.settings)
	}
	if t.Scenario.Workload.Kind == Add {
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

// who asks the lock service. No answer is nobody, and the fault that wanted to know is
// then recorded as not applied.
func (s *stage) who(ctx context.Context, role sim.Role) []sim.HostID {
	hosts, err := s.service.Who(ctx, s.lab, s.settings, role)
	if err != nil {
		return nil
	}
	return hosts
}

// Roles are all programs that run as processes of hosts in the live world. A binary that
// runs live trials hands them to live.RoleMain before anything else.
func Roles() map[string]live.Role {
	roles := map[string]live.Role{clientRole: runClient}
	add := func(more map[string]live.Role) {
		for name, role := range more {
			roles[name] = role
		}
	}
	add(ledger.Roles())
	add(relay.Roles())
	for _, b := range Registry() {
		if l, ok := b.(backends.Live); ok {
			add(l.Roles())
		}
	}
	return roles
}

// connect connects a client's process to all that it works with.
func (t *teller) connect(h *live.Host, b backends.Backend, spec clientSpec, s backends.Settings) (err error) {
	if spec.Plan.Kind == Add {
		if t.set, err = b.(backends.LiveSetKeeper).DialSet(h, spec.Servers, s); err != nil {
			return fmt.Errorf("connect to the service that keeps the set: %w", err)
		}
		return nil
	}
	lock, err := dialLock(h, b, spec, s)
	if err != nil {
		return fmt.Errorf("connect to the lock service: %w", err)
	}
	if spec.Ledger == "" {
		t.take(lock, nil, spec.Guard)
		return nil
	}
	account, err := ledger.Dial(h, spec.Ledger)
	if err != nil {
		return fmt.Errorf("connect to the ledger: %w", err)
	}
	t.take(lock, account, spec.Guard)
	return nil
}

// runClient is a client's process: the same teller as in the virtual world, with real
// connections.
func runClient(h *live.Host, raw json.RawMessage) error {
	var spec clientSpec
	if err := json.Unmarshal(raw, &spec); err != nil {
		return fmt.Errorf("read what this client is to do: %w", err)
	}
	backend, err := (&Scenario{Lock: spec.Options}).spec(Registry(), spec.Backend)
	if err != nil {
		return err
	}
	if backend, err = (OwnClient{Lock: spec.Own}).spec(backend); err != nil {
		return err
	}
	settings, err := backend.ClientSettings(spec.TTL, spec.Lease, spec.Token)
	if err != nil {
		return err
	}
	if settings, err = settings.WithValues(spec.Adapted); err != nil {
		return err
	}
	teller := &teller{host: h, plan: spec.Plan}
	if err := teller.connect(h, backend.Backend, spec, settings); err != nil {
		return err
	}
	h.Ready()
	h.AwaitStart()
	// When the trial is over it ends wherever it stands, as in the virtual world.
	teller.work()
	// A host whose client has finished is still there for faults, as in the virtual world.
	// Only now is the end asked for: see Stopped.
	stopped := h.Stopped()
	h.Outside(func() { <-stopped })
	return nil
}
