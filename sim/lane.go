package sim

import (
	"slices"
	"strings"
	"time"
)

// Lane is the fault's name for people, as the script asks for it: "pause client-1", "crash
// leader", "clock redis-1 wall +5s", "delay client-1 → ledger +2s". Nothing reads it back.
func (f Fault) Lane() string { return f.LaneWith(hostList) }

// LaneWith is the same with lists of hosts written in another way.
func (f Fault) LaneWith(hostList func([]HostID) string) string {
	words := []string{string(f.Kind)}
	switch {
	case !f.Kind.OnLinks():
		words = append(words, hostList(f.targets()))
	case len(f.Groups) > 0:
		var groups []string
		for _, g := range f.Groups {
			groups = append(groups, hostList(g))
		}
		words = append(words, strings.Join(groups, " | "))
	case f.BothWays():
		words = append(words, hostList(f.From), "↔", hostList(f.To))
	default:
		words = append(words, hostList(f.From), "→", hostList(f.To))
	}
	if row, _ := f.Kind.row(); row.detail != nil {
		words = append(words, row.detail(f)...)
	}
	return strings.Join(words, " ")
}

// OnlyHost is the one host, or the role, that the fault is asked to be done to; empty if it is done
// to several, or to links.
func (f Fault) OnlyHost() HostID {
	if all := f.targets(); !f.Kind.OnLinks() && len(all) == 1 {
		return all[0]
	}
	return ""
}

// ends are the hosts at the ends of the links that a fault is done to, each once.
func (f Fault) ends() (all []HostID) {
	if !f.Kind.OnLinks() {
		return nil
	}
	for _, list := range append(slices.Clone(f.Groups), f.From, f.To) {
		for _, id := range list {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// targets are the hosts or roles that a fault on hosts is done to.
func (f Fault) targets() []HostID {
	if len(f.Hosts) > 0 {
		return f.Hosts
	}
	return []HostID{f.Host}
}

func hostList(hosts []HostID) string {
	var names []string
	for _, h := range hosts {
		names = append(names, string(h))
	}
	return strings.Join(names, ",")
}

func signed(d time.Duration) string {
	if d < 0 {
		return d.String()
	}
	return "+" + d.String()
}
