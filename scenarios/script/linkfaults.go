package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

type fileDrop struct {
	strict.Place `yaml:"-"`
	From         hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To           hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	Probability  fraction  `yaml:"probability" doc:"how likely each packet is lost, above 0 and at most 1"`
	For          length    `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *fileDrop) load(l *Loader) (Fault, error) {
	return l.onLinks(sim.Fault{Kind: sim.Drop, Probability: f.Probability.value}, f.From, f.To, f.For)
}

func (*fileDrop) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return f.lasting(s, fmt.Sprintf("lose packets from %s to %s with probability %g", from, to, f.Bare.Probability))
}

type fileDelay struct {
	strict.Place `yaml:"-"`
	From         hostWords   `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To           hostWords   `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By           strict.Span `yaml:"by" doc:"how much later packets arrive"`
	For          length      `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *fileDelay) load(l *Loader) (Fault, error) {
	return l.late(sim.Fault{Kind: sim.Delay}, f.From, f.To, f.By, f.For)
}

func (*fileDelay) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return f.lasting(s, fmt.Sprintf("delay everything from %s to %s by %s", from, to, inBoth(*f.By, s.TTL)))
}

type fileHold struct {
	strict.Place `yaml:"-"`
	From         hostWords   `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To           hostWords   `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By           strict.Span `yaml:"by" doc:"how much later the message arrives"`
}

func (f *fileHold) load(l *Loader) (Fault, error) {
	return l.late(sim.Fault{Kind: sim.Hold}, f.From, f.To, f.By, length{})
}

func (*fileHold) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return fmt.Sprintf("delay the message in flight from %s to %s, or else the next one, by %s", from, to, inBoth(*f.By, s.TTL))
}

// late resolves a fault that makes packets arrive later.
func (l *Loader) late(bare sim.Fault, from, to hostWords, by strict.Span, long length) (Fault, error) {
	if err := l.links(&bare, from, to); err != nil {
		return Fault{}, err
	}
	if by.In(l.out.TTL) == 0 {
		return Fault{}, l.Fail(by.Place, fmt.Sprintf("a %s by 0 does nothing", bare.Kind), "more than 0, such as 0.5ttl", "")
	}
	if err := l.sane("by", by); err != nil {
		return Fault{}, err
	}
	fault, err := l.lasting(bare, long)
	fault.By = &by.Span
	return fault, err
}

type filePartition struct {
	strict.Place `yaml:"-"`
	Groups       hostGroups   `yaml:"groups,omitempty" doc:"groups of hosts, such as [[client-1, redis-1], [client-2]]: hosts of different groups cannot talk, hosts in no group talk to all"`
	From         hostWords    `yaml:"from,omitempty" doc:"instead of groups: the host, or a list of hosts or roles, on one side"`
	To           hostWords    `yaml:"to,omitempty" doc:"with from: the host, or a list of hosts or roles, on the other side"`
	OneWay       strict.YesNo `yaml:"one-way,omitempty" doc:"with from and to: whether packets get through from to to from, but not from from to to"`
	For          length       `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *filePartition) load(l *Loader) (Fault, error) {
	bare := sim.Fault{Kind: sim.Partition, OneWay: f.OneWay.On}
	switch {
	case f.Groups.Given() && (f.From.Given() || f.To.Given()):
		return Fault{}, l.Fail(f.Groups.Place, "this partition has groups and also from or to", "groups alone, or from and to", "")
	case f.Groups.Given() && f.OneWay.Given():
		return Fault{}, l.Fail(f.OneWay.Place, "one-way needs from and to, but this partition has groups", "groups alone, or from and to", "")
	case !f.Groups.Given() && !(f.From.Given() && f.To.Given()):
		return Fault{}, l.Fail(f.Place, "this partition does not say which hosts it separates", "groups, or from and to", "")
	case !f.Groups.Given():
		return l.onLinks(bare, f.From, f.To, f.For)
	}
	var err error
	if bare.Groups, err = l.groups(f.Groups); err != nil {
		return Fault{}, err
	}
	return l.lasting(bare, f.For)
}

func (*filePartition) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	switch {
	case len(f.Bare.Groups) > 0:
		var groups []string
		for _, g := range f.Bare.Groups {
			groups = append(groups, hostsInWords(g, false))
		}
		return f.lasting(s, "separate these groups of hosts from each other: "+strings.Join(groups, " | "))
	case f.Bare.OneWay:
		return f.lasting(s, fmt.Sprintf("block everything from %s to %s", from, to))
	}
	return f.lasting(s, fmt.Sprintf("block everything between %s and %s", from, to))
}

// groups resolves groups of hosts. No host may be in two of them.
func (l *Loader) groups(groups hostGroups) (all [][]sim.HostID, err error) {
	var named []sim.HostID
	for _, words := range groups.list {
		hosts, err := l.targets(words)
		if err != nil {
			return nil, err
		}
		for i, h := range hosts {
			if slices.Contains(named, h) {
				return nil, l.Fail(words.List[i].Place, fmt.Sprintf("%s is in two groups", h), "each host in one group", "")
			}
		}
		named = append(named, hosts...)
		all = append(all, hosts)
	}
	return all, nil
}
