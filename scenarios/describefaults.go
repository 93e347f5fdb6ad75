package scenarios

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// lasting adds to text how long the fault lasts.
func (f Fault) lasting(s *Scenario, text string) string {
	if f.For == nil {
		return text + ", until the end"
	}
	return text + " for " + f.longInWords(s)
}

// on names the hosts that the fault strikes.
func (f Fault) on() string { return hostsInWords(f.Bare.Hosts, len(f.Bare.Hosts) == 1) }

// between names the hosts at the two ends of the links that the fault strikes.
func (f Fault) between() (from, to string) {
	return hostsInWords(f.Bare.From, false), hostsInWords(f.Bare.To, false)
}

// longInWords says how long the fault lasts.
func (f Fault) longInWords(s *Scenario) string {
	return drawnInWords(f.ForAtLeast, *f.For, s.TTL)
}

// drawnInWords describes a length of time that may be drawn; least is nil if it is not.
func drawnInWords(least *sim.Span, most sim.Span, ttl time.Duration) string {
	if least == nil {
		return inBoth(most, ttl)
	}
	return fmt.Sprintf("a time drawn from %s to %s", inBoth(*least, ttl), inBoth(most, ttl))
}

// hostsInWords lists hosts and roles; alone says that the fault names no others.
func hostsInWords(ids []sim.HostID, alone bool) string {
	var names []string
	for _, id := range ids {
		switch {
		case id == sim.AnyHost:
			names = append(names, "a host drawn at random")
		case id == sim.AllHosts && alone:
			names = append(names, "all hosts")
		case id == sim.AllHosts:
			names = append(names, "all other hosts")
		case id == sim.Servers:
			names = append(names, "all lock servers")
		case id == sim.Few:
			names = append(names, "a minority of the servers, with the leader or master if there is one")
		case id == sim.Others:
			names = append(names, "the other servers")
		case sim.IsRole(id):
			names = append(names, "the "+string(id))
		default:
			names = append(names, string(id))
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// repeatsInWords says how often a step happens.
func (step Step) repeatsInWords(s *Scenario) string {
	switch {
	case step.Every == nil:
		return ""
	case step.Times == 0:
		return "; again every " + inBoth(*step.Every, s.TTL) + " until the end"
	}
	return fmt.Sprintf("; again every %s, %d times in all", inBoth(*step.Every, s.TTL), step.Times)
}
