package margin

import (
	"context"
	"fmt"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// sizes has the scenario of a fault at the sizes that were asked for.
type sizes struct {
	fault *script.Scenario
	kept  map[float64]*script.Scenario
}

// of returns the scenario with a size.
func (z sizes) of(size float64) (*script.Scenario, error) {
	if z.fault.Size == nil {
		return z.fault, nil
	}
	if z.kept[size] == nil {
		sized, err := z.fault.Sized(size)
		if err != nil {
			return nil, err
		}
		z.kept[size] = sized
	}
	return z.kept[size], nil
}

// fitted returns the scenario of a fault with a size, under the lease of a set-up and with its work.
func fitted(fault *script.Scenario, size float64, s Setup) (*script.Scenario, error) {
	sized, err := sizes{fault, map[float64]*script.Scenario{}}.of(size)
	if err != nil {
		return nil, err
	}
	return fit(sized, s), nil
}

// fit returns a scenario with the work of a set-up. It lasts long enough for everybody to have their
// turn after the fault.
func fit(sized *script.Scenario, s Setup) *script.Scenario {
	out := *sized
	out.Workload.Think, out.Workload.ThinkAtLeast = exactly(s.Think), nil
	long := out.Until.In(s.TTL) + lasts(out, s.TTL) + Patience(s) + time.Duration(out.Clients*out.Workload.Times)*s.Think
	forever := out.Workload.Wait == out.Until // wait was left out
	out.Until = exactly(long)
	if forever {
		out.Workload.Wait = out.Until
	}
	return &out
}

// exactly returns a length of time as a span.
func exactly(d time.Duration) sim.Span { return sim.MustSpan(d.String()) }

// lasts returns how long the longest fault of a script lasts.
func lasts(s script.Scenario, ttl time.Duration) (longest time.Duration) {
	for _, step := range s.Steps {
		for _, span := range []*sim.Span{step.Do.For, step.Do.By, step.At, &step.After} {
			if span != nil {
				longest = max(longest, span.In(ttl))
			}
		}
	}
	return longest
}

// trials lists the trials of a scenario with a set-up: one for each seed.
func trials(s *script.Scenario, setup Setup, world string) ([]trial.Trial, error) {
	discipline, err := script.ParseDiscipline(setup.Discipline)
	if err != nil {
		return nil, err
	}
	backend := setup.simulated()
	if world == sim.LiveWorld {
		backend = setup.Backend
	}
	return trial.Selection{
		Backends: []string{backend}, Guards: []string{setup.Guard}, Disciplines: []script.Discipline{discipline},
		World: world, Seeds: setup.Seeds, TTL: setup.TTL, AsLive: setup.AsLive,
	}.Trials([]*script.Scenario{s})
}

// judged reads what a trial says about each harm.
func judged(j trial.Judged, s Setup) (v verdicts) {
	r := j.Result
	for i := range v {
		v[i] = check.Undecided
	}
	if !r.Valid() {
		return v
	}
	v[Overlap.index()] = r.Finding(check.OverlapValid).Verdict
	v[Damage.index()] = damage(j)
	v[NotServed.index()] = notServed(r, Patience(s))
	return v
}

// damage is whether the account came to harm. Where no withdrawal was acknowledged none can be missing,
// even if nobody knows what became of the others.
func damage(j trial.Judged) check.Verdict {
	if j.Result.Finding(check.DuplicateEffect).Verdict == check.Violated {
		return check.Violated
	}
	verdict := j.Result.Finding(check.LostUpdate).Verdict
	if verdict == check.Undecided && j.History != nil && wrote(j.History) == 0 {
		return check.Holds
	}
	return verdict
}

// wrote counts the withdrawals that were acknowledged.
func wrote(h *sim.History) (n int) {
	for _, e := range h.Events {
		if e.Kind == sim.Wrote {
			n++
		}
	}
	return n
}

// notServed is whether a client gave up or waited for longer than the bound.
func notServed(r outcome.Result, bound time.Duration) check.Verdict {
	wait, waited := r.Measured(check.Wait)
	served, asked := r.Measured(check.ServedShare)
	switch {
	case !waited || !asked:
		return check.Undecided
	case wait.Most > bound.Seconds():
		return check.Violated
	case served.Least == 1:
		return check.Holds
	case r.Finding(check.Availability).Verdict == check.Violated:
		return check.Violated // somebody gave up
	}
	return check.Undecided
}

// simulate runs trials in the virtual world.
func simulate(ctx context.Context, t trial.Trial) (*sim.History, error) { return t.Simulate(ctx) }

// shots returns how to run the trials of the fault with a set-up.
func (z sizes) shots(s Setup) shot {
	kept := map[float64][]trial.Trial{}
	return func(ctx context.Context, size float64, seed int) (verdicts, error) {
		list := kept[size]
		if list == nil {
			sized, err := z.of(size)
			if err == nil {
				list, err = trials(fit(sized, s), s, sim.VirtualWorld)
			}
			if err != nil {
				return verdicts{}, fmt.Errorf("fault %s of size %v: %w", z.fault.Name, size, err)
			}
			kept[size] = list
		}
		j, err := list[seed].Try(ctx, simulate)
		if err != nil {
			return verdicts{}, err
		}
		return judged(j, s), nil
	}
}
