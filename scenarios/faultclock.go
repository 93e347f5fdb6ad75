package scenarios

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/sim"
)

type fileClock struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host whose clock it is, or a list of hosts, or a role"`
	Clock word      `yaml:"clock,omitempty" doc:"which of its clocks: wall or monotonic; wall if left out"`
	Step  offset    `yaml:"step,omitempty" doc:"how far the clock is moved: 5s forward, -5s back"`
	Rate  factor    `yaml:"rate,omitempty" doc:"how fast the clock runs, instead of a step: 1.1 gains a tenth, 0.5 is half as fast"`
	For   length    `yaml:"for,omitempty" doc:"how long until the clock is corrected by as much, or drawn; to the end if left out"`
}

func (f *fileClock) load(l *loader) (Fault, error) {
	bare := sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Rate: f.Rate.billionths}
	if f.Clock.given() {
		bare.Clock = sim.ClockName(f.Clock.text)
	}
	switch {
	case bare.Clock != sim.WallClock && bare.Clock != sim.MonotonicClock:
		names := []string{string(sim.WallClock), string(sim.MonotonicClock)}
		return Fault{}, l.fail(f.Clock.place, "there is no clock "+quoted(f.Clock.text), listed(names), didYouMean(f.Clock.text, names))
	case f.Step.given() && f.Rate.given():
		return Fault{}, l.fail(f.Rate.place, "this clock fault has both step and rate", "only one of them", "put each into its own step")
	case !f.Step.given() && !f.Rate.given():
		return Fault{}, l.fail(f.place, "this clock fault does not say what happens to the clock", "step, such as 5s or -5s, or rate, such as 1.1", "")
	case f.Step.given():
		if f.Step.In(l.out.TTL) == 0 {
			return Fault{}, l.fail(f.Step.place, "a step of length 0 does nothing", "another length, such as 5s or -5s", "")
		}
		if err := l.sane("step", span{place: f.Step.place, Span: f.Step.Size()}); err != nil {
			return Fault{}, err
		}
	}
	fault, err := l.onHosts(bare, f.Host, f.For)
	if f.Step.given() {
		fault.Step = &f.Step.Offset
	}
	return fault, err
}

func (*fileClock) inWords(f Fault, s *Scenario) string {
	if f.Step == nil {
		rate := strconv.FormatFloat(float64(f.Bare.Rate)/float64(sim.TrueRate), 'g', -1, 64)
		return f.lasting(s, fmt.Sprintf("make the %s clock of %s run at %s times its rate", f.Bare.Clock, f.on(), rate))
	}
	way := "forward"
	if f.Step.Back() {
		way = "back"
	}
	text := fmt.Sprintf("set the %s clock of %s %s by %s", f.Bare.Clock, f.on(), way, inBoth(f.Step.Size(), s.TTL))
	if f.For == nil {
		return text
	}
	return f.lasting(s, text)
}
