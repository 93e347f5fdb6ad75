// Package trial runs trials: one in either world, or many side by side, chosen from the cells of
// scenarios, on servers that locklab runs itself or that somebody else does.
package trial

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/plaintext"
	"github.com/locklab/locklab/sim/trace"
	"github.com/locklab/locklab/sim/virtual"
)

// Trial is one run of a scenario with a backend, a guard and a seed under a lease.
type Trial struct {
	Scenario   *script.Scenario
	Backend    backends.Spec // with the scenario's lock options
	Guard      ledger.Guard
	Discipline script.Discipline
	World      string
	Seed       uint64
	TTL        time.Duration
	// asLive runs a virtual trial with the options of the servers that a live trial would use on
	// this machine.
	asLive bool
	// profile holds the options in which such a trial differed, for when it is run again: the
	// machine may have other servers by then.
	profile []string
	servers []string // command-line arguments, see Selection
	// Together lists further measures whose values are judged together with those of other trials.
	Together []check.Measure
}

// cell returns the square of the scenario's table that the trial belongs to.
func (t Trial) cell() script.Cell {
	return script.Cell{Backend: t.Backend, Guard: string(t.Guard), Discipline: t.Discipline}
}

// replayArguments returns the further arguments that the command needs to run the trial again.
func (t Trial) replayArguments() []string {
	switch {
	case t.asLive:
		return append([]string{"--as-live"}, t.servers...)
	case t.World == sim.LiveWorld:
		return t.servers
	}
	return nil
}

// setup is who takes part in a trial, with their settings and the faults.
type setup struct {
	settings backends.Settings
	clients  []sim.HostID
	servers  []sim.HostID
	steps    []sim.Step
}

func (t Trial) setup() (setup, error) {
	if why := t.NotApplicable(); why != nil {
		return setup{}, fmt.Errorf("%s is not applicable: %w", t.Cell(), why)
	}
	settings, err := t.settings()
	if err != nil {
		return setup{}, err
	}
	c := setup{settings: settings, servers: t.Backend.Backend.Servers(settings)}
	for i := range t.Scenario.Clients {
		c.clients = append(c.clients, sim.ClientID(i))
	}
	for _, s := range t.Scenario.Steps {
		step := s.Resolve(t.TTL)
		step.Do = step.Do.WithServers(c.servers)
		c.steps = append(c.steps, step)
	}
	return c, nil
}

func (t Trial) header(c setup) sim.Header {
	h := sim.Header{
		Format:     sim.Format,
		Scenario:   t.Scenario.Name,
		Backend:    t.Backend.String(),
		Guard:      string(t.Guard),
		Discipline: t.Discipline.String(),
		World:      t.World,
		Seed:       t.Seed,
		TTL:        t.TTL,
		Until:      t.Scenario.Until.In(t.TTL),
		Options:    c.settings.List(),
		Clients:    c.clients,
		Servers:    c.servers,
		Inside:     t.Scenario.Inside,
	}
	if t.Scenario.HasAccountHost() {
		h.Ledger = ledger.HostID
	}
	if p, ok := t.Backend.Backend.(backends.Presuming); ok {
		h.Ungranted = p.Presumes(c.settings)
	}
	_, h.Copies = t.Backend.Backend.(backends.Copying)
	for _, o := range t.Scenario.Own {
		own := c.settings.Of(sim.ClientID(o.Index))
		h.Own = append(h.Own, sim.OwnClient{Client: sim.ClientID(o.Index), TTL: own.TTL, Discipline: t.Scenario.DisciplineOf(o.Index, t.Discipline).String(), Options: own.List()})
	}
	for _, s := range c.steps {
		h.Faults = append(h.Faults, s.Do)
	}
	return h
}

// Simulate runs the trial in the virtual world. The same trial always produces the same history,
// byte for byte. The messages between hosts are left out, because recording them takes a tenth of
// the time; SimulateRecorded includes them.
func (t Trial) Simulate(ctx context.Context) (*sim.History, error) { return t.simulate(ctx, false) }

// SimulateRecorded runs the trial in the virtual world and records every message.
func (t Trial) SimulateRecorded(ctx context.Context) (*sim.History, error) {
	return t.simulate(ctx, true)
}

func (t Trial) simulate(ctx context.Context, record bool) (*sim.History, error) {
	service, err := t.simulated()
	if err != nil {
		return nil, err
	}
	c, err := t.setup()
	if err != nil {
		return nil, err
	}
	w := virtual.New(t.Seed)
	w.Interrupted = ctx.Err
	defer w.Close()
	if record {
		w.RecordMessages()
	}

	equip, readSet := t.populate(w, service, c)
	working := len(c.clients)
	for i, id := range c.clients {
		h := w.AddHost(id)
		teller := workload.NewTeller(h, t.plan(i))
		h.Boot(func() {
			equip(teller, h)
			h.Go("teller", func(sim.Host) {
				teller.Work()
				if working--; working == 0 && readSet == nil {
					w.Stop(sim.AllDone)
				}
			})
		})
	}
	w.Direct(c.steps)
	if err := w.Run(t.Scenario.Until.In(t.TTL)); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("%s, seed %d: %w", t.Cell(), t.Seed, err)
	}
	header := t.header(c)
	header.Traffic = w.Traffic()
	events := w.Events()
	if readSet != nil {
		events = withSet(events, header.Nonce, readSet)
	}
	h := trace.Finish(header, events, w.Clock)
	if record {
		h.Messages = w.Messages()
	}
	return h, nil
}

// populate puts the account and the lock service on their hosts. It returns the function that equips a
// client's teller and, if a set takes the place of the account, the function that reads the set;
// the trial then lasts its full time.
func (t Trial) populate(w *virtual.World, service backends.Simulated, c setup) (func(*workload.Teller, *virtual.Host), backends.SetReader) {
	accountFor := func(*virtual.Host) ledger.Account { return nil } // the lock service keeps the account
	if t.Scenario.HasAccountHost() {
		w.AddHost(ledger.HostID)
		accountFor = ledger.Simulate(w, t.Guard)
	}
	for _, id := range c.servers {
		w.AddHost(id)
	}
	if t.Scenario.Adds() {
		return t.simulateSet(w, service, c)
	}
	lockFor := service.Simulate(w, c.settings)
	return func(teller *workload.Teller, h *virtual.Host) { teller.Take(lockFor(h), accountFor(h), t.Guard) }, nil
}

// Judge runs every checker on the history and compares the findings with what the scenario expects
// of this cell.
func (t Trial) Judge(h *sim.History) outcome.Result {
	r := t.result()
	r.Profile = t.profiled(h)
	r.Judge(h, t.Scenario.Expected(t.cell()), t.Scenario.Bounds(t.cell()), t.Together)
	return r
}

// result returns the result of the trial before anything was found.
func (t Trial) result() outcome.Result {
	return outcome.Result{
		Scenario: t.Scenario.Name, Backend: t.Backend.String(), Guard: string(t.Guard), Discipline: t.Discipline.String(),
		World: t.World, Seed: t.Seed, TTL: t.TTL, Arguments: t.replayArguments(),
	}
}

// failed returns the result of a trial that the harness could not carry out: nothing was found.
func (t Trial) failed(err error) outcome.Result {
	r := t.result()
	r.Outcome = outcome.Undecided
	r.Surprises = []string{"the trial could not be carried out: " + plaintext.Visible(err.Error())}
	for _, p := range slices.Concat(check.Preconditions(), check.Properties()) {
		r.Findings = append(r.Findings, check.Finding{Property: p, Verdict: check.Undecided, Why: "the trial could not be carried out"})
	}
	return r
}

// Cell names the cell that the trial belongs to.
func (t *Trial) Cell() outcome.CellName {
	return outcome.CellName{Scenario: t.Scenario.Name, Backend: t.Backend.String(), Guard: string(t.Guard), Discipline: t.Discipline.String(), World: t.World}
}
