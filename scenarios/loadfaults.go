package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
)

// onHosts resolves the hosts and the length of a fault.
func (l *loader) onHosts(bare sim.Fault, hosts hostWords, long length) (Fault, error) {
	var err error
	if bare.Hosts, err = l.targets(hosts); err != nil {
		return Fault{}, err
	}
	return l.lasting(bare, long)
}

// onLinks resolves the links and the length of a fault.
func (l *loader) onLinks(bare sim.Fault, from, to hostWords, long length) (Fault, error) {
	if err := l.links(&bare, from, to); err != nil {
		return Fault{}, err
	}
	return l.lasting(bare, long)
}

// links resolves the two ends of the links and stores them in bare.
func (l *loader) links(bare *sim.Fault, from, to hostWords) error {
	var err error
	if bare.From, err = l.targets(from); err != nil {
		return err
	}
	if bare.To, err = l.targets(to); err != nil {
		return err
	}
	if len(bare.From) == 1 && slices.Equal(bare.From, bare.To) {
		return l.fail(to.list[0].place, fmt.Sprintf("%s has no link to itself", bare.From[0]), "another host", "")
	}
	return nil
}

// lasting resolves how long a fault lasts. Fault.For stays nil if the file gives no length.
func (l *loader) lasting(bare sim.Fault, d length) (Fault, error) {
	fault := Fault{Bare: bare}
	if !d.given() {
		return fault, nil
	}
	fault.For = &d.most.Span
	fault.ForAtLeast = d.drawnFrom()
	if err := l.even(d); err != nil {
		return Fault{}, err
	}
	if d.most.In(l.out.TTL) == 0 {
		return Fault{}, l.fail(d.most.place, fmt.Sprintf("a %s that lasts 0 does nothing", bare.Kind), "more than 0, such as 1.5ttl", "")
	}
	return fault, l.sane("for", d.most)
}

// even refuses a drawn length whose least value is above its most.
func (l *loader) even(d length) error {
	if d.least.given() && d.least.In(l.out.TTL) > d.most.In(l.out.TTL) {
		return l.fail(d.least.place, fmt.Sprintf("uniform goes from %s down to %s", d.least, d.most), "the smaller value first", "")
	}
	return nil
}

// targets resolves the names of hosts and roles.
func (l *loader) targets(words hostWords) ([]sim.HostID, error) {
	var ids []sim.HostID
	for _, w := range words.list {
		id, err := l.target(w)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, l.somebody(words, ids)
}

// somebody refuses a list that names only the lock service's servers if some backend of the
// scenario has none.
func (l *loader) somebody(words hostWords, ids []sim.HostID) error {
	if len(ids) == 0 || slices.ContainsFunc(ids, func(id sim.HostID) bool { return id != sim.Servers }) {
		return nil
	}
	for _, spec := range l.specs {
		if len(l.serversOf(spec)) == 0 {
			always, _ := l.servers()
			return l.fail(words.list[0].place, fmt.Sprintf("backend %s has no servers that this fault could hit", spec),
				l.hostNames(always), "list under backends only those that have servers")
		}
	}
	return nil
}

// target resolves the name of a host that exists in every cell of the scenario, or of a role. Which
// host plays a role is only known when the step fires.
func (l *loader) target(w word) (sim.HostID, error) {
	if id := sim.HostID(w.text); sim.IsRole(id) {
		return id, nil
	}
	id, err := l.host(w)
	var bad *LoadError
	if errors.As(err, &bad) {
		var roles []string
		for _, r := range sim.Roles() {
			roles = append(roles, string(r))
		}
		bad.Expected += "; or a role: " + listed(roles)
		if bad.Todo == "" {
			bad.Todo = didYouMean(w.text, roles)
		}
	}
	return id, err
}
