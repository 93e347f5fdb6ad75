package scenarios

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// steps resolves the faults and when they happen.
func (l *loader) steps() error {
	for _, f := range l.file.Steps {
		step, err := l.step(f)
		if err != nil {
			return err
		}
		l.out.Steps = append(l.out.Steps, step)
	}
	return nil
}

func (l *loader) step(f fileStep) (Step, error) {
	step := Step{After: zero(f.After)}
	switch {
	case f.On.given() && f.At.given():
		return Step{}, l.fail(f.At.place, "this step has both on and at", "one of them",
			"for a while after an event, say on and after")
	case f.At.given() && f.After.given():
		return Step{}, l.fail(f.After.place, "after goes with on, and this step has at", "at alone", "")
	case f.At.given():
		if f.At.In(l.out.TTL) >= l.out.Until.In(l.out.TTL) {
			return Step{}, l.fail(f.At.place, fmt.Sprintf("at %s the trial is over", f.At),
				fmt.Sprintf("a time before until, which is %s", l.out.Until), "")
		}
		step.At = &f.At.Span
	case f.On.given():
		on, err := l.trigger(f.On)
		if err != nil {
			return Step{}, err
		}
		step.On = &on
	default:
		return Step{}, l.fail(f.place, "this step does not say when it happens", "on, with an event, or at, with a time", "")
	}
	if err := l.sane("after", f.After); err != nil {
		return Step{}, err
	}
	var err error
	step.Do, err = l.fault(f.Do)
	return step, err
}

func (l *loader) trigger(f fileOn) (On, error) {
	on := On{Nth: 1}
	var err error
	switch {
	case f.Client.given() && f.Host.given():
		return On{}, l.fail(f.Host.place, "this event has both client and host", "one of them", "")
	case f.Client.given():
		if f.Client.n < 1 || f.Client.n > l.out.Clients {
			return On{}, l.fail(f.Client.place, fmt.Sprintf("there is no client %d", f.Client.n),
				fmt.Sprintf("1 to %d", l.out.Clients), "")
		}
		on.Host = ClientID(f.Client.n - 1)
	case f.Host.given():
		if on.Host, err = l.host(f.Host); err != nil {
			return On{}, err
		}
	default:
		return On{}, l.fail(f.place, "this event does not say where it happens", "client, with a number, or host, with a name", "")
	}
	if f.Nth.given() {
		if on.Nth = f.Nth.n; on.Nth < 1 {
			return On{}, l.fail(f.Nth.place, fmt.Sprintf("nth is %d", on.Nth), "1 for the first such event, 2 for the second, and so on", "")
		}
	}
	on.Event, err = l.event(f.Event, on.Host)
	return on, err
}

func (l *loader) fault(f fileDo) (Fault, error) {
	fault := Fault{Kind: sim.Pause, For: f.Pause.For.Span}
	var err error
	if fault.Host, err = l.host(f.Pause.Host); err != nil {
		return Fault{}, err
	}
	if fault.For.In(l.out.TTL) == 0 {
		return Fault{}, l.fail(f.Pause.For.place, "a pause of length 0 does nothing", "more than 0, such as 1.5ttl", "")
	}
	return fault, l.sane("for", f.Pause.For)
}

// read reads the one fault of a step.
func (d *fileDo) read(s *source, name string, n ast.Node) error {
	entries, ok, err := s.entries(n)
	switch {
	case err != nil:
		return err
	case ok && len(entries) == 0:
		return s.fail(at(n), "do names no fault", "one of "+listed(faultNames()), "")
	case ok && len(entries) > 1:
		return s.fail(entries[1].key.place, "do names more than one fault", "one fault", "give each fault a step of its own")
	}
	return s.decodeFields(name, n, d)
}

// faultNames lists the faults that a script can ask for.
func faultNames() []string {
	var names []string
	for _, k := range sim.FaultKinds() {
		names = append(names, string(k))
	}
	return names
}
