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
)

// clientRole is what a client's process does.
const clientRole = "client"

// clientSpec is what a client's process is told when it starts.
type clientSpec struct {
	Backend string        `json:"backend"`
	Options []LockOption  `json:"options,omitempty"` // the scenario's
	TTL     time.Duration `json:"ttl"`
	Token   bool          `json:"token"`
	Servers []string      `json:"servers"` // addresses, in the order of Backend.Servers
	Ledger  string        `json:"ledger"`  // address
	Plan    Plan          `json:"plan"`
}

// Run runs the trial in its world. A live trial must be run inside the live world's
// namespaces.
func (t Trial) Run(ctx context.Context) (*sim.History, error) {
	if t.World == LiveWorld {
		return t.runLive(ctx)
	}
	return t.Simulate()
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
	if t.World != LiveWorld {
		return nil
	}
	for _, s := range t.Scenario.Steps {
		if err := live.Can(s.Do.Kind); err != nil {
			return err
		}
	}
	settings, err := t.Backend.Settings(t.TTL, t.Guard.NeedsToken())
	if err != nil {
		return err
	}
	return liveMissing(t.Backend.Backend, settings)
}

func (t Trial) runLive(ctx context.Context) (*sim.History, error) {
	failed := func(err error) error {
		return fmt.Errorf("live trial of %s with %s, guard %s, seed %d: %w", t.Scenario.Name, t.Backend, t.Guard, t.Seed, err)
	}
	c, err := t.cast()
	if err != nil {
		return nil, err
	}
	if err := t.Unavailable(); err != nil {
		return nil, failed(err)
	}
	lab, err := live.NewLab()
	if err != nil {
		return nil, failed(err)
	}
	lab.Seed = t.Seed
	defer func() { _ = lab.Close() }()
	events, err := t.playLive(ctx, lab, c)
	if err != nil {
		return nil, failed(err)
	}
	return sim.Finish(t.header(c), events, func(sim.HostID) *sim.Clock { return nil }), nil
}

// playLive puts everybody in place and lets the trial run.
func (t Trial) playLive(ctx context.Context, lab *live.Lab, c cast) ([]sim.Event, error) {
	hosts := append([]sim.HostID{ledger.HostID}, c.servers...)
	for _, id := range append(hosts, c.clients...) {
		if _, err := lab.AddHost(id); err != nil {
			return nil, err
		}
	}
	if err := ledger.Start(ctx, lab, t.Guard); err != nil {
		return nil, err
	}
	service := t.Backend.Backend.(backends.Live)
	if err := service.Start(ctx, lab, c.settings); err != nil {
		return nil, err
	}
	if err := service.Observe(ctx, lab, c.settings); err != nil {
		return nil, err
	}
	for i, id := range c.clients {
		spec := clientSpec{
			Backend: t.Backend.String(), Options: t.Scenario.Lock,
			TTL: t.TTL, Token: t.Guard.NeedsToken(),
			Servers: backends.ServerAddresses(lab, c.servers), Ledger: lab.Address(ledger.HostID),
			Plan: t.Scenario.plan(i, t.TTL),
		}
		if _, err := lab.Agent(id).StartRole(clientRole, spec); err != nil {
			return nil, err
		}
	}
	return live.NewWorld(lab, c.steps).Run(ctx, t.Scenario.Until.In(t.TTL), c.clients)
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
	for _, b := range Registry() {
		if l, ok := b.(backends.Live); ok {
			add(l.Roles())
		}
	}
	return roles
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
	settings, err := backend.Settings(spec.TTL, spec.Token)
	if err != nil {
		return err
	}
	lock, err := backend.Backend.(backends.Live).Dial(h, spec.Servers, settings)
	if err != nil {
		return fmt.Errorf("connect to the lock service: %w", err)
	}
	account, err := ledger.Dial(h, spec.Ledger)
	if err != nil {
		return fmt.Errorf("connect to the ledger: %w", err)
	}
	h.Ready()
	h.AwaitStart()
	(&teller{host: h, lock: lock, account: account, plan: spec.Plan}).work()
	return nil
}
