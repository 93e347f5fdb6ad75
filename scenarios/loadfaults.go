package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
)

// fault resolves what a step does.
func (l *loader) fault(f fileDo) (Fault, error) {
	switch {
	case f.Pause.given():
		return l.onHosts(Fault{Kind: sim.Pause}, f.Pause.Host, f.Pause.For)
	case f.Suspend.given():
		return l.onHosts(Fault{Kind: sim.Suspend}, f.Suspend.Host, f.Suspend.For)
	case f.Crash.given():
		return l.onHosts(Fault{Kind: sim.Crash}, f.Crash.Host, f.Crash.For)
	case f.StallDisk.given():
		return l.onHosts(Fault{Kind: sim.StallDisk}, f.StallDisk.Host, f.StallDisk.For)
	case f.Clock.given():
		return l.clock(f.Clock)
	case f.Partition.given():
		return l.partition(f.Partition)
	case f.Delay.given():
		return l.late(Fault{Kind: sim.Delay}, f.Delay.From, f.Delay.To, f.Delay.By, f.Delay.For)
	case f.Hold.given():
		return l.late(Fault{Kind: sim.Hold}, f.Hold.From, f.Hold.To, f.Hold.By, length{})
	case f.Drop.given():
		return l.drop(f.Drop)
	}
	return Fault{}, l.fail(f.place, "locklab has no code that loads this fault", "another fault", "report this: it is a mistake in locklab")
}

func (l *loader) drop(f fileDrop) (Fault, error) {
	fault := Fault{Kind: sim.Drop, Probability: f.Probability.value}
	if err := l.links(&fault, f.From, f.To); err != nil {
		return Fault{}, err
	}
	return fault, l.length(&fault, f.For)
}

// onHosts resolves the hosts and the length of a fault.
func (l *loader) onHosts(fault Fault, hosts hostWords, long length) (Fault, error) {
	var err error
	if fault.Hosts, err = l.targets(hosts); err != nil {
		return Fault{}, err
	}
	return fault, l.length(&fault, long)
}

func (l *loader) clock(f fileClock) (Fault, error) {
	fault := Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Rate: f.Rate.billionths}
	if f.Clock.given() {
		fault.Clock = sim.ClockName(f.Clock.text)
	}
	switch {
	case fault.Clock != sim.WallClock && fault.Clock != sim.MonotonicClock:
		names := []string{string(sim.WallClock), string(sim.MonotonicClock)}
		return Fault{}, l.fail(f.Clock.place, "there is no clock "+quoted(f.Clock.text), listed(names), didYouMean(f.Clock.text, names))
	case f.Step.given() && f.Rate.given():
		return Fault{}, l.fail(f.Rate.place, "this clock fault has both step and rate", "one of them", "give each a step of its own")
	case !f.Step.given() && !f.Rate.given():
		return Fault{}, l.fail(f.place, "this clock fault does not say what happens to the clock", "step, such as 5s or -5s, or rate, such as 1.1", "")
	case f.Step.given():
		if f.Step.In(l.out.TTL) == 0 {
			return Fault{}, l.fail(f.Step.place, "a step of length 0 does nothing", "another length, such as 5s or -5s", "")
		}
		if err := l.sane("step", span{place: f.Step.place, Span: f.Step.Size()}); err != nil {
			return Fault{}, err
		}
		fault.Step = &f.Step.Offset
	}
	return l.onHosts(fault, f.Host, f.For)
}

func (l *loader) partition(f filePartition) (Fault, error) {
	fault := Fault{Kind: sim.Partition, OneWay: f.OneWay.on}
	switch {
	case f.Groups.given() && (f.From.given() || f.To.given()):
		return Fault{}, l.fail(f.Groups.place, "this partition has groups and also from or to", "groups alone, or from and to", "")
	case f.Groups.given() && f.OneWay.given():
		return Fault{}, l.fail(f.OneWay.place, "one-way goes with from and to, and this partition has groups", "groups alone, or from and to", "")
	case !f.Groups.given() && !(f.From.given() && f.To.given()):
		return Fault{}, l.fail(f.place, "this partition does not say who is parted from whom", "groups, or from and to", "")
	case f.Groups.given():
		if err := l.groups(&fault, f.Groups); err != nil {
			return Fault{}, err
		}
	default:
		if err := l.links(&fault, f.From, f.To); err != nil {
			return Fault{}, err
		}
	}
	return fault, l.length(&fault, f.For)
}

// groups resolves groups of hosts, of which none may be in two.
func (l *loader) groups(fault *Fault, groups hostGroups) error {
	var named []sim.HostID
	for _, words := range groups.list {
		hosts, err := l.targets(words)
		if err != nil {
			return err
		}
		for i, h := range hosts {
			if slices.Contains(named, h) {
				return l.fail(words.list[i].place, fmt.Sprintf("%s is in two groups", h), "each host in one group", "")
			}
		}
		named = append(named, hosts...)
		fault.Groups = append(fault.Groups, hosts)
	}
	return nil
}

// late resolves a fault that makes packets arrive later.
func (l *loader) late(fault Fault, from, to hostWords, by span, long length) (Fault, error) {
	if err := l.links(&fault, from, to); err != nil {
		return Fault{}, err
	}
	if by.In(l.out.TTL) == 0 {
		return Fault{}, l.fail(by.place, fmt.Sprintf("a %s by 0 does nothing", fault.Kind), "more than 0, such as 0.5ttl", "")
	}
	if err := l.sane("by", by); err != nil {
		return Fault{}, err
	}
	fault.By = &by.Span
	return fault, l.length(&fault, long)
}

// links resolves the two ends of links.
func (l *loader) links(fault *Fault, from, to hostWords) error {
	var err error
	if fault.From, err = l.targets(from); err != nil {
		return err
	}
	if fault.To, err = l.targets(to); err != nil {
		return err
	}
	if len(fault.From) == 1 && slices.Equal(fault.From, fault.To) {
		return l.fail(to.list[0].place, fmt.Sprintf("there is no link from %s to itself", fault.From[0]), "another host", "")
	}
	return nil
}

// length resolves how long a fault lasts.
func (l *loader) length(fault *Fault, d length) error {
	if !d.given() {
		return nil
	}
	fault.For = &d.most.Span
	fault.ForAtLeast = d.drawnFrom()
	if err := l.even(d); err != nil {
		return err
	}
	if d.most.In(l.out.TTL) == 0 {
		return l.fail(d.most.place, fmt.Sprintf("a %s of length 0 does nothing", fault.Kind), "more than 0, such as 1.5ttl", "")
	}
	return l.sane("for", d.most)
}

// even makes sure that a length that is drawn is drawn upwards.
func (l *loader) even(d length) error {
	if d.least.given() && d.least.In(l.out.TTL) > d.most.In(l.out.TTL) {
		return l.fail(d.least.place, fmt.Sprintf("uniform goes from %s down to %s", d.least, d.most), "the least first, then the most", "")
	}
	return nil
}

// targets resolves names of hosts and roles.
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

// somebody makes sure that a list that names nothing but the servers of the lock service
// stands for somebody with every backend.
func (l *loader) somebody(words hostWords, ids []sim.HostID) error {
	if len(ids) == 0 || slices.ContainsFunc(ids, func(id sim.HostID) bool { return id != sim.Servers }) {
		return nil
	}
	for _, spec := range l.specs {
		if len(l.serversOf(spec)) == 0 {
			always, _ := l.servers()
			return l.fail(words.list[0].place, fmt.Sprintf("backend %s has no servers to do this to", spec),
				l.hostNames(always), "say backends: and name only those that have servers")
		}
	}
	return nil
}

// target resolves the name of a host that exists in every cell of the scenario, or of a
// role: who plays it shows when the step fires.
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
