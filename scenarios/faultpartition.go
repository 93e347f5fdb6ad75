package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
)

type filePartition struct {
	place  `yaml:"-"`
	Groups hostGroups `yaml:"groups,omitempty" doc:"groups of hosts, such as [[client-1, redis-1], [client-2]]: hosts of different groups cannot talk, hosts in no group talk to all"`
	From   hostWords  `yaml:"from,omitempty" doc:"instead of groups: the host, or a list of hosts or roles, on one side"`
	To     hostWords  `yaml:"to,omitempty" doc:"with from: the host, or a list of hosts or roles, on the other side"`
	OneWay yesno      `yaml:"one-way,omitempty" doc:"with from and to: whether packets get through from to to from, but not from from to to"`
	For    length     `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *filePartition) load(l *loader) (Fault, error) {
	bare := sim.Fault{Kind: sim.Partition, OneWay: f.OneWay.on}
	switch {
	case f.Groups.given() && (f.From.given() || f.To.given()):
		return Fault{}, l.fail(f.Groups.place, "this partition has groups and also from or to", "groups alone, or from and to", "")
	case f.Groups.given() && f.OneWay.given():
		return Fault{}, l.fail(f.OneWay.place, "one-way needs from and to, but this partition has groups", "groups alone, or from and to", "")
	case !f.Groups.given() && !(f.From.given() && f.To.given()):
		return Fault{}, l.fail(f.place, "this partition does not say which hosts it separates", "groups, or from and to", "")
	case !f.Groups.given():
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
func (l *loader) groups(groups hostGroups) (all [][]sim.HostID, err error) {
	var named []sim.HostID
	for _, words := range groups.list {
		hosts, err := l.targets(words)
		if err != nil {
			return nil, err
		}
		for i, h := range hosts {
			if slices.Contains(named, h) {
				return nil, l.fail(words.list[i].place, fmt.Sprintf("%s is in two groups", h), "each host in one group", "")
			}
		}
		named = append(named, hosts...)
		all = append(all, hosts)
	}
	return all, nil
}
