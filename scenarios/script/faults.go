package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// Fault is a fault as a script asks for it. A script gives lengths in leases, but worlds and
// histories need times, so the fault is another sim.Fault under each lease. Everything else is in
// Bare.
type Fault struct {
	Bare       sim.Fault   // whom it strikes, and how; without lengths
	For        *sim.Span   // nil: to the end
	ForAtLeast *sim.Span   // the length is drawn from here to For, each time; nil: it is For
	Step       *sim.Offset // for clock; nil: its rate changes
	By         *sim.Span   // for delay and hold
}

// Resolve returns the step under a lease, as the director takes it.
func (s Step) Resolve(ttl time.Duration) sim.Step {
	step := sim.Step{Times: s.Times, Do: s.Do.Resolve(ttl)}
	if s.Every != nil {
		step.Every = s.Every.In(ttl)
	}
	if s.On == nil {
		step.When.After = s.At.In(ttl)
		return step
	}
	step.When = sim.Trigger{Host: s.On.Host, Kind: s.On.Event, Nth: s.On.Nth, After: s.After.In(ttl)}
	return step
}

// Resolve returns the fault under a lease.
func (f Fault) Resolve(ttl time.Duration) sim.Fault {
	out := f.Bare
	if len(out.Hosts) == 1 {
		out.Host, out.Hosts = out.Hosts[0], nil
	}
	if f.For != nil {
		out.For = f.For.In(ttl)
	}
	if f.ForAtLeast != nil {
		least := f.ForAtLeast.In(ttl)
		out.ForAtLeast = &least
	}
	if f.Step != nil {
		out.Step = f.Step.In(ttl)
	}
	if f.By != nil {
		out.By = f.By.In(ttl)
	}
	if out.Kind.AwaitsMessage() {
		out.For = out.By // until it arrives
	}
	return out
}

// lasts returns how long the fault is in effect at most; false means to the end. A clock step that
// is not taken back is over at once.
func (f Fault) lasts(ttl time.Duration) (time.Duration, bool) {
	long := f.Resolve(ttl).For
	return long, long > 0 || f.Step != nil
}

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
		case id == sim.Primary:
			names = append(names, "the server that matters most (the leader or master, or one of equal servers)")
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
