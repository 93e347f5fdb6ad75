package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// Hosts lists the scenario's client hosts, plus the ledger's if the account is on a host of its
// own. The lock service's servers are not included: they depend on the cell.
func (s *Scenario) Hosts() []sim.HostID {
	var hosts []sim.HostID
	for n := range s.Clients {
		hosts = append(hosts, sim.ClientID(n))
	}
	return append(hosts, s.AccountHosts()...)
}

// servers lists the lock service's hosts: always holds those that exist with every backend of the
// scenario, sometimes those that exist with at least one.
func (l *Loader) servers() (always, sometimes []sim.HostID) {
	counts := []int{}
	for _, spec := range l.specs {
		for _, host := range l.serversOf(spec) {
			i := slices.Index(sometimes, host)
			if i < 0 {
				i = len(sometimes)
				sometimes, counts = append(sometimes, host), append(counts, 0)
			}
			counts[i]++
		}
	}
	for i, host := range sometimes {
		if counts[i] == len(l.specs) {
			always = append(always, host)
		}
	}
	return always, sometimes
}

// serversOf lists the hosts of one lock service. It panics if the service's settings do not fit.
func (l *Loader) serversOf(spec backends.Spec) []sim.HostID {
	settings, err := spec.Settings(l.out.TTL, false)
	if err != nil {
		panic(fmt.Sprintf("settings of %s without a token: %v", spec, err)) // loader.settings has already checked them
	}
	return spec.Backend.Servers(settings)
}

// host resolves the name of a host that exists in every cell of the scenario.
func (l *Loader) host(w strict.Word) (sim.HostID, error) {
	always, sometimes := l.servers()
	id := sim.HostID(w.Text)
	hosts := append(l.out.Hosts(), always...)
	if slices.Contains(hosts, id) {
		return id, nil
	}
	if slices.Contains(sometimes, id) {
		return "", l.Fail(w.Place, fmt.Sprintf("host %s does not exist with every backend of this scenario", id),
			l.hostNames(always), "list under backends only those that have this host")
	}
	var names []string
	for _, h := range append(hosts, sometimes...) {
		names = append(names, string(h))
	}
	return "", l.Fail(w.Place, "there is no host "+strict.Quoted(w.Text), l.hostNames(always), strict.DidYouMean(w.Text, names))
}

// hostNames lists the hosts for a message. It shortens the list when there are more than four
// clients.
func (l *Loader) hostNames(servers []sim.HostID) string {
	var names []string
	if n := l.out.Clients; n <= 4 {
		for i := range n {
			names = append(names, string(sim.ClientID(i)))
		}
	} else {
		names = append(names, fmt.Sprintf("client-1 to client-%d", n))
	}
	for _, h := range slices.Concat(l.out.AccountHosts(), servers) {
		names = append(names, string(h))
	}
	return strict.Listed(names)
}

// ledgerKinds lists the events that the ledger records.
func ledgerKinds() []sim.Kind {
	return []sim.Kind{sim.LedgerRead, sim.LedgerReadRefused, sim.LedgerWrite, sim.LedgerWriteRefused, sim.LedgerMarked}
}

// kindsOf lists the events on a host that a step can wait for.
func (l *Loader) kindsOf(host sim.HostID) []sim.Kind {
	if host == ledger.HostID {
		return ledgerKinds()
	}
	if l.out.Adds() {
		return addsEvents(slices.Contains(l.out.Hosts(), host))
	}
	if !slices.Contains(l.out.Hosts(), host) {
		return slices.DeleteFunc(sim.ServerKinds(), func(k sim.Kind) bool {
			return slices.Contains(ledgerKinds(), k) && !(l.out.Inside && slices.Contains(keptKinds, k))
		})
	}
	return slices.DeleteFunc(sim.ClientKinds(), func(k sim.Kind) bool {
		return !slices.ContainsFunc(l.disciplinesOf(host), func(d Discipline) bool { return d.can(k) }) ||
			slices.Contains(jobKinds, k) && l.out.Workload.Kind != workload.ChargeOnce || slices.Contains(addKinds, k)
	})
}

// disciplinesOf lists the disciplines that a client has, taken over all cells.
func (l *Loader) disciplinesOf(client sim.HostID) (all []Discipline) {
	for _, d := range l.out.Workload.Disciplines {
		all = append(all, l.out.DisciplineOf(l.out.indexOf(client), d))
	}
	return all
}

// jobKinds are the client events that occur only with charge-once.
var jobKinds = []sim.Kind{sim.Skipped, sim.Marked, sim.MarkUnknown}

// event resolves the kind of event that a step waits for on a host.
func (l *Loader) event(w strict.Word, host sim.HostID) (sim.Kind, error) {
	kind := sim.Kind(w.Text)
	can := l.kindsOf(host)
	if slices.Contains(can, kind) {
		return kind, nil
	}
	names := kindNames(can)
	switch {
	case len(can) == 0:
		return "", l.Fail(w.Place, fmt.Sprintf("%s records no event that a step can wait for", host), "an event of a client, or at: and a time",
			"clients that add elements take no lock, so the servers never grant one")
	case slices.Contains(disciplined(), kind) && slices.Contains(l.out.Hosts(), host) && host != ledger.HostID:
		return "", l.Fail(w.Place, fmt.Sprintf("%s never records %s with discipline %s", host, kind, strict.Listed(DisciplineTexts(l.disciplinesOf(host)))),
			strings.Join(names, ", "), fmt.Sprintf("give %s another discipline, or wait for another event", l.out.Workload.Kind))
	case kind.Known():
		return "", l.Fail(w.Place, fmt.Sprintf("%s never records the event %s", host, kind), strings.Join(names, ", "), "")
	}
	all := kindNames(append(sim.ClientKinds(), sim.ServerKinds()...))
	return "", l.Fail(w.Place, "there is no event "+strict.Quoted(w.Text), strings.Join(names, ", "), strict.DidYouMean(w.Text, all))
}

func kindNames(kinds []sim.Kind) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	return names
}

// addKinds are the client events that occur only in the add workload.
var addKinds = []sim.Kind{sim.Add, sim.Added, sim.AddRefused, sim.AddUnknown}

// addsEvents lists the events that a step can wait for in the add workload: those of clients. Other
// hosts have none.
func addsEvents(client bool) []sim.Kind {
	if !client {
		return nil
	}
	return append(slices.Clone(addKinds), sim.Done)
}
