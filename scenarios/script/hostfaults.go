package script

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

type fileCrash struct {
	strict.Place `yaml:"-"`
	Host         hostWords `yaml:"host" doc:"the host that crashes, or a list of hosts, or a role"`
	For          length    `yaml:"for,omitempty" doc:"after how long it starts again, such as 0.5ttl, or drawn; it stays down if left out"`
}

func (f *fileCrash) load(l *Loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.Crash}, f.Host, f.For)
}

func (*fileCrash) inWords(f Fault, s *Scenario) string {
	text := "crash " + f.on()
	switch {
	case f.For == nil:
		return text + " for good"
	case f.ForAtLeast != nil:
		return text + ", and start it again after " + f.longInWords(s)
	}
	return text + ", and start it again " + f.longInWords(s) + " later"
}

type filePause struct {
	strict.Place `yaml:"-"`
	Host         hostWords `yaml:"host" doc:"the host that is stopped, or a list of hosts: client-1, ledger, a server of the lock service, or a role such as holder"`
	For          length    `yaml:"for" doc:"how long it is stopped, such as 1.5ttl, or drawn, such as {uniform: [0, 1ttl]}"`
}

func (f *filePause) load(l *Loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.Pause}, f.Host, f.For)
}

func (*filePause) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "pause "+f.on())
}

type fileSuspend struct {
	strict.Place `yaml:"-"`
	Host         hostWords `yaml:"host" doc:"the host that is suspended, or a list of hosts, or a role"`
	For          length    `yaml:"for" doc:"how long it is suspended, such as 1.5ttl, or drawn"`
}

func (f *fileSuspend) load(l *Loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.Suspend}, f.Host, f.For)
}

func (*fileSuspend) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "suspend "+f.on())
}

type fileStall struct {
	strict.Place `yaml:"-"`
	Host         hostWords `yaml:"host" doc:"the server of the lock service whose disk it is, or a list of them, or a role such as leader"`
	For          length    `yaml:"for" doc:"how long the disk stalls, such as 5s, or drawn"`
}

func (f *fileStall) load(l *Loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.StallDisk}, f.Host, f.For)
}

func (*fileStall) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "block all disk syncs on "+f.on())
}

type fileClock struct {
	strict.Place `yaml:"-"`
	Host         hostWords   `yaml:"host" doc:"the host whose clock it is, or a list of hosts, or a role"`
	Clock        strict.Word `yaml:"clock,omitempty" doc:"which of its clocks: wall or monotonic; wall if left out"`
	Step         offset      `yaml:"step,omitempty" doc:"how far the clock is moved: 5s forward, -5s back"`
	Rate         factor      `yaml:"rate,omitempty" doc:"how fast the clock runs, instead of a step: 1.1 gains a tenth, 0.5 is half as fast"`
	For          length      `yaml:"for,omitempty" doc:"how long until the clock is corrected by as much, or drawn; to the end if left out"`
}

func (f *fileClock) load(l *Loader) (Fault, error) {
	bare := sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Rate: f.Rate.billionths}
	if f.Clock.Given() {
		bare.Clock = sim.ClockName(f.Clock.Text)
	}
	switch {
	case bare.Clock != sim.WallClock && bare.Clock != sim.MonotonicClock:
		names := []string{string(sim.WallClock), string(sim.MonotonicClock)}
		return Fault{}, l.Fail(f.Clock.Place, "there is no clock "+strict.Quoted(f.Clock.Text), strict.Listed(names), strict.DidYouMean(f.Clock.Text, names))
	case f.Step.Given() && f.Rate.Given():
		return Fault{}, l.Fail(f.Rate.Place, "this clock fault has both step and rate", "only one of them", "put each into its own step")
	case !f.Step.Given() && !f.Rate.Given():
		return Fault{}, l.Fail(f.Place, "this clock fault does not say what happens to the clock", "step, such as 5s or -5s, or rate, such as 1.1", "")
	case f.Step.Given():
		if f.Step.In(l.out.TTL) == 0 {
			return Fault{}, l.Fail(f.Step.Place, "a step of length 0 does nothing", "another length, such as 5s or -5s", "")
		}
		if err := l.sane("step", strict.Span{Place: f.Step.Place, Span: f.Step.Size()}); err != nil {
			return Fault{}, err
		}
	}
	fault, err := l.onHosts(bare, f.Host, f.For)
	if f.Step.Given() {
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
