package script

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

// steps resolves the faults and when they happen.
func (l *Loader) steps() error {
	for _, f := range l.file.Steps {
		step, err := l.step(f)
		if err != nil {
			return err
		}
		l.out.Steps = append(l.out.Steps, step)
	}
	return nil
}

func (l *Loader) step(f FileStep) (Step, error) {
	step := Step{After: zero(f.After)}
	switch {
	case f.On.Given() && f.At.Given():
		return Step{}, l.Fail(f.At.Place, "this step has both on and at", "one of them",
			"for a time after an event, use on and after")
	case f.At.Given() && f.After.Given():
		return Step{}, l.Fail(f.After.Place, "after belongs to on, but this step has at", "at alone", "")
	case f.At.Given():
		if f.At.In(l.out.TTL) >= l.out.Until.In(l.out.TTL) {
			return Step{}, l.Fail(f.At.Place, fmt.Sprintf("at %s the trial is over", f.At),
				fmt.Sprintf("a time before until, which is %s", l.out.Until), "")
		}
		step.At = &f.At.Span
	case f.On.Given():
		on, err := l.trigger(f.On)
		if err != nil {
			return Step{}, err
		}
		step.On = &on
	default:
		return Step{}, l.Fail(f.Place, "this step does not say when it happens", "on, with an event, or at, with a time", "")
	}
	if err := l.sane("after", f.After); err != nil {
		return Step{}, err
	}
	var err error
	if step.Do, err = l.fault(f.Do); err != nil {
		return Step{}, err
	}
	return step, l.repeats(f, &step)
}

// repeats resolves how often a step happens. Each occurrence must be over before the next begins,
// so that a history can tell them apart.
func (l *Loader) repeats(f FileStep, step *Step) error {
	switch {
	case f.Times.Given() && !f.Every.Given():
		return l.Fail(f.Times.Place, "times belongs to every, which this step lacks", "also every, such as every: 1ttl", "")
	case !f.Every.Given():
		return nil
	case f.Every.In(l.out.TTL) == 0:
		return l.Fail(f.Every.Place, "every is 0: the step would never be over", "more than 0, such as 1ttl", "")
	case f.Times.Given() && (f.Times.N < 1 || f.Times.N > maxTimes):
		return l.Fail(f.Times.Place, fmt.Sprintf("times is %d", f.Times.N), fmt.Sprintf("1 to %d", maxTimes), "")
	}
	switch long, ends := step.Do.lasts(l.out.TTL); {
	case !ends:
		return l.Fail(f.Every.Place, fmt.Sprintf("this %s happens again before it is over", step.Do.Bare.Kind),
			"also for, so that each occurrence ends", "")
	case long > f.Every.In(l.out.TTL):
		return l.Fail(f.Every.Place, fmt.Sprintf("this %s happens again before it is over", step.Do.Bare.Kind),
			fmt.Sprintf("at least %s, the longest it may last", Short(long)), "")
	}
	if times := int64(l.out.Until.In(l.out.TTL) / f.Every.In(l.out.TTL)); f.Times.N == 0 && times > maxTimes {
		return l.Fail(f.Every.Place, fmt.Sprintf("every is %s: the step would happen %d times before the trial ends", f.Every, times),
			fmt.Sprintf("at most %d times", maxTimes), "make every longer, or limit the number with times")
	}
	step.Every, step.Times = &f.Every.Span, f.Times.N
	return l.sane("every", f.Every)
}

func (l *Loader) trigger(f fileOn) (On, error) {
	on := On{Nth: 1}
	var err error
	switch {
	case f.Client.Given() && f.Host.Given():
		return On{}, l.Fail(f.Host.Place, "this event has both client and host", "one of them", "")
	case f.Client.Given():
		if f.Client.N < 1 || f.Client.N > l.out.Clients {
			return On{}, l.Fail(f.Client.Place, fmt.Sprintf("there is no client %d", f.Client.N),
				fmt.Sprintf("1 to %d", l.out.Clients), "")
		}
		on.Host = sim.ClientID(f.Client.N - 1)
	case f.Host.Given():
		if on.Host, err = l.host(f.Host); err != nil {
			return On{}, err
		}
	default:
		return On{}, l.Fail(f.Place, "this event does not say where it happens", "client, with a number, or host, with a name", "")
	}
	if f.Nth.Given() {
		if on.Nth = f.Nth.N; on.Nth < 1 {
			return On{}, l.Fail(f.Nth.Place, fmt.Sprintf("nth is %d", on.Nth), "1 for the first such event, 2 for the second, and so on", "")
		}
	}
	on.Event, err = l.event(f.Event, on.Host)
	return on, err
}
