package scenarios

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Fault is what is done to hosts or links, and for how long. See sim.Fault for the kinds.
// Wherever it names hosts, a role may stand for them.
type Fault struct {
	Kind        sim.FaultKind
	Hosts       []sim.HostID   // of faults on hosts
	For         *sim.Span      // nil: to the end
	ForAtLeast  *sim.Span      // the length is drawn from here to For, each time; nil: it is For
	Clock       sim.ClockName  // of clock
	Step        *sim.Offset    // of clock, or
	Rate        int64          // of clock, in billionths
	Groups      [][]sim.HostID // of partition, or
	From, To    []sim.HostID   // of faults on links
	OneWay      bool           // of partition
	By          *sim.Span      // of delay and hold
	Probability float64        // of drop
}

// Resolve gives the step under a lease, as the director takes it.
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

// Resolve gives the fault under a lease.
func (f Fault) Resolve(ttl time.Duration) sim.Fault {
	out := sim.Fault{
		Kind: f.Kind, Hosts: f.Hosts, Clock: f.Clock, Rate: f.Rate,
		Groups: f.Groups, From: f.From, To: f.To, OneWay: f.OneWay, Probability: f.Probability,
	}
	if len(f.Hosts) == 1 {
		out.Host, out.Hosts = f.Hosts[0], nil
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
	if f.Kind == sim.Hold {
		out.For = out.By // a message is held until it arrives
	}
	return out
}

// lasts is how long the fault is in effect at most; false: to the end. A step of a clock
// that is not taken back is over at once.
func (f Fault) lasts(ttl time.Duration) (time.Duration, bool) {
	long := f.Resolve(ttl).For
	return long, long > 0 || f.Kind == sim.ClockFault && f.Step != nil
}
