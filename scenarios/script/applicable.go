package script

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// NotApplicable looks for something that the cell cannot have: a guard's token, a step's host or
// role, an event that a step waits for, or a time within the trial.
func (s *Scenario) NotApplicable(c Cell, ttl time.Duration) error {
	if !MakesCell(c.Backend, c.Guard) {
		return fmt.Errorf("guard %s needs fencing tokens, but %s issues none", c.Guard, c.Backend.Backend.Name())
	}
	if err := s.accountFits(c); err != nil {
		return err
	}
	if err := s.Misfit(c.Backend); err != nil {
		return err
	}
	settings, err := c.Backend.Settings(ttl, ledger.Guard(c.Guard).NeedsToken())
	if err != nil {
		return err
	}
	for _, o := range s.Own {
		if _, err := o.Settings(c.Backend, ttl, ledger.Guard(c.Guard).NeedsToken()); err != nil {
			return fmt.Errorf("%s: %w", sim.ClientID(o.Index), err)
		}
	}
	cell := cellHosts{
		backend: c.Backend, settings: settings,
		servers: c.Backend.Backend.Servers(settings),
		hosts:   append(s.Hosts(), c.Backend.Backend.Servers(settings)...),
	}
	for i, step := range s.Steps {
		for _, why := range []error{cell.lacks(step.Do.Bare), s.neverHappens(step.On, c, ttl), s.tooLate(step, ttl)} {
			if why != nil {
				return &misfitStep{i, why}
			}
		}
	}
	return nil
}

// misfitStep is a step that a cell cannot have.
type misfitStep struct {
	index int // from 0
	why   error
}

func (m *misfitStep) Error() string { return fmt.Sprintf("step %d %v", m.index+1, m.why) }

// applicable makes sure that the scenario has a cell with which every step makes sense.
func (l *Loader) applicable() error {
	var misfit *misfitStep
	for _, discipline := range l.out.Workload.Disciplines {
		for _, spec := range l.specs {
			for _, guard := range guardsFor(l.out.Guards, spec) {
				if !MakesCell(spec, guard) {
					continue
				}
				if l.out.Misfit(spec) != nil {
					continue
				}
				bad, is := errors.AsType[*misfitStep](l.out.NotApplicable(Cell{spec, guard, discipline}, l.out.TTL))
				if !is {
					return nil
				}
				misfit = bad
			}
		}
	}
	if misfit == nil {
		return l.Fail(l.file.Misfits[0].Place, "not-applicable leaves no backend of this scenario", "at least one backend that it makes sense with", "")
	}
	step := l.file.Steps[misfit.index]
	return l.Fail(step.Place, "this step "+misfit.why.Error(), "a step that works in at least one cell of this scenario", "no cell can run it; choose another event or host, or other backends")
}

// cellHosts are the hosts of one cell.
type cellHosts struct {
	backend        backends.Spec
	settings       backends.Settings
	servers, hosts []sim.HostID
}

// lacks reports what a fault needs and the cell never has: a host, a role, or a disk that somebody
// waits for. nil means nothing.
func (c cellHosts) lacks(f sim.Fault) error {
	for _, id := range slices.Concat(f.Hosts, f.From, f.To, slices.Concat(f.Groups...)) {
		if !sim.IsRole(id) && !slices.Contains(c.hosts, id) {
			return fmt.Errorf("targets host %s, which %s does not have", id, c.backend)
		}
		if why := c.waitsForNoDisk(f.Kind, id); why != nil {
			return why
		}
		if why := c.nobody(id, f.Kind.OnLinks()); why != "" {
			return fmt.Errorf("targets %s", why)
		}
	}
	return nil
}

// waitsForNoDisk reports why nobody would notice that a host's disk stalls; nil means that somebody
// waits for the disk, or that this is another fault. Clients and the account sync nothing.
func (c cellHosts) waitsForNoDisk(kind sim.FaultKind, id sim.HostID) error {
	if !kind.Row().StallsDisk {
		return nil
	}
	if !slices.Contains(c.servers, id) && !slices.Contains(serverRoles, id) {
		return fmt.Errorf("stalls the disk of %s, but only lock servers wait for their disks", hostsInWords([]sim.HostID{id}, true))
	}
	if why := backends.Syncs(c.backend.Backend, c.settings); why != nil {
		return fmt.Errorf("stalls a disk: %w", why)
	}
	return nil
}

// serverRoles are the roles that only servers play.
var serverRoles = append([]sim.Role{sim.Servers}, AskedRoles...)

// nobody says why no host ever plays a role here; empty means that one does, or that it is no role.
// In a partition, the smaller part of a single server may be empty, because that server is a
// majority of one.
func (c cellHosts) nobody(role sim.Role, onLinks bool) string {
	parts := c.backend.Backend.Parts(c.settings)
	switch role {
	case sim.Leader, sim.Master, sim.Replica, sim.Majority, sim.Minority:
		if !slices.Contains(parts, role) {
			return fmt.Sprintf("the lock service's %s, but %s never has one", role, c.backend)
		}
	case sim.Servers, sim.Primary:
		if len(c.servers) == 0 {
			return fmt.Sprintf("the lock service's servers, but %s has none", c.backend)
		}
	case sim.Few:
		elected := slices.Contains(parts, sim.Leader) || slices.Contains(parts, sim.Master)
		if !onLinks && !elected && len(c.servers) < 3 {
			return fmt.Sprintf("a minority of the lock service (few), but %s is too small to have one", c.backend)
		}
	}
	return ""
}

// neverHappens returns an error if the event that a step waits for cannot occur. An event that a
// lock service records can occur if it can with at least one client.
func (s *Scenario) neverHappens(on *On, c Cell, ttl time.Duration) error {
	if on == nil {
		return nil
	}
	client := s.indexOf(on.Host)
	if d := s.DisciplineOf(client, c.Discipline); !d.can(on.Event) {
		return fmt.Errorf("waits for the event %s, which a client with discipline %s never records", on.Event, d)
	}
	clients := []int{client}
	if client < 0 {
		clients = nil
		for i := range s.Clients {
			clients = append(clients, i)
		}
	}
	for i, index := range clients {
		if i > 0 && !s.OwnOf(index).Locks() && !s.OwnOf(clients[i-1]).Locks() {
			continue // the same lock as the client before
		}
		settings, err := s.OwnOf(index).Settings(c.Backend, ttl, ledger.Guard(c.Guard).NeedsToken())
		if err != nil {
			return err
		}
		if !slices.Contains(c.Backend.Backend.Never(settings), on.Event) {
			return nil
		}
	}
	return fmt.Errorf("waits for the event %s, which never occurs with %s", on.Event, c.Backend)
}

// tooLate returns an error if a step cannot happen before the trial is over. That befalls scripts
// with times in seconds when they run under another lease than their own.
func (s *Scenario) tooLate(step Step, ttl time.Duration) error {
	at, name := step.After, "after"
	if step.On == nil {
		at, name = *step.At, "at"
	}
	if end := s.Until.In(ttl); at.In(ttl) >= end && ttl != s.TTL {
		return fmt.Errorf("can never happen (%s: %s): with a lease of %s instead of the script's %s, the trial ends at %s (until: %s)",
			name, at, Short(ttl), Short(s.TTL), Short(end), s.Until)
	}
	return nil
}

// AskedRoles are the roles whose players only the lock service knows.
var AskedRoles = []sim.Role{sim.Leader, sim.Master, sim.Replica, sim.Majority, sim.Minority, sim.Primary, sim.Few, sim.Others}
