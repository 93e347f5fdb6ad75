package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// inWords says what is done, as an order: "pause client-1 for 1.5ttl (15s)".
func (f Fault) inWords(s *Scenario) string {
	on, from, to := hostsInWords(f.Hosts, len(f.Hosts) == 1), hostsInWords(f.From, false), hostsInWords(f.To, false)
	var text string
	switch f.Kind {
	case sim.Crash:
		text = "crash " + on
		switch {
		case f.For == nil:
			return text + " for good"
		case f.ForAtLeast != nil:
			return text + ", and start it again after " + f.longInWords(s)
		}
		return text + ", and start it again " + f.longInWords(s) + " later"
	case sim.ClockFault:
		text = fmt.Sprintf("make the %s clock of %s run at %s times its rate", f.Clock, on,
			strconv.FormatFloat(float64(f.Rate)/float64(sim.TrueRate), 'g', -1, 64))
		if f.Step != nil {
			way := "forward"
			if f.Step.Back() {
				way = "back"
			}
			text = fmt.Sprintf("put the %s clock of %s %s by %s", f.Clock, on, way, inBoth(f.Step.Size(), s.TTL))
		}
	case sim.Partition:
		switch {
		case len(f.Groups) > 0:
			var groups []string
			for _, g := range f.Groups {
				groups = append(groups, hostsInWords(g, false))
			}
			text = "part these groups of hosts from each other: " + strings.Join(groups, " | ")
		case f.OneWay:
			text = fmt.Sprintf("let nothing through from %s to %s", from, to)
		default:
			text = fmt.Sprintf("let nothing through between %s and %s", from, to)
		}
	case sim.Delay:
		text = fmt.Sprintf("delay everything from %s to %s by %s", from, to, inBoth(*f.By, s.TTL))
	case sim.Hold:
		return fmt.Sprintf("hold the message on its way from %s to %s, or else the next one, back by %s", from, to, inBoth(*f.By, s.TTL))
	case sim.Drop:
		text = fmt.Sprintf("lose packets from %s to %s with probability %g", from, to, f.Probability)
	case sim.Pause, sim.Suspend:
		text = string(f.Kind) + " " + on
	case sim.StallDisk:
		text = "let nothing be synced to the disk of " + on
	default:
		panic(fmt.Sprintf("there are no words for the fault %q", string(f.Kind)))
	}
	if f.For == nil {
		if f.Step != nil {
			return text
		}
		return text + ", to the end"
	}
	return text + " for " + f.longInWords(s)
}

// longInWords says how long the fault lasts.
func (f Fault) longInWords(s *Scenario) string {
	return drawnInWords(f.ForAtLeast, *f.For, s.TTL)
}

// drawnInWords says how long something is that may be drawn; least is nil where it is not.
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
			names = append(names, "all others")
		case id == sim.Servers:
			names = append(names, "all servers of the lock")
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
