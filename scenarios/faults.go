package scenarios

import (
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
