package scenarios

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

type fileDelay struct {
	place `yaml:"-"`
	From  hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To    hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By    span      `yaml:"by" doc:"how much later packets arrive"`
	For   length    `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *fileDelay) load(l *loader) (Fault, error) {
	return l.late(sim.Fault{Kind: sim.Delay}, f.From, f.To, f.By, f.For)
}

func (*fileDelay) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return f.lasting(s, fmt.Sprintf("delay everything from %s to %s by %s", from, to, inBoth(*f.By, s.TTL)))
}

type fileHold struct {
	place `yaml:"-"`
	From  hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To    hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	By    span      `yaml:"by" doc:"how much later the message arrives"`
}

func (f *fileHold) load(l *loader) (Fault, error) {
	return l.late(sim.Fault{Kind: sim.Hold}, f.From, f.To, f.By, length{})
}

func (*fileHold) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return fmt.Sprintf("delay the message in flight from %s to %s, or else the next one, by %s", from, to, inBoth(*f.By, s.TTL))
}

// late resolves a fault that makes packets arrive later.
func (l *loader) late(bare sim.Fault, from, to hostWords, by span, long length) (Fault, error) {
	if err := l.links(&bare, from, to); err != nil {
		return Fault{}, err
	}
	if by.In(l.out.TTL) == 0 {
		return Fault{}, l.fail(by.place, fmt.Sprintf("a %s by 0 does nothing", bare.Kind), "more than 0, such as 0.5ttl", "")
	}
	if err := l.sane("by", by); err != nil {
		return Fault{}, err
	}
	fault, err := l.lasting(bare, long)
	fault.By = &by.Span
	return fault, err
}
