package scenarios

import (
	"fmt"

	"github.com/locklab/locklab/sim"
)

type fileDrop struct {
	place       `yaml:"-"`
	From        hostWords `yaml:"from" doc:"the host that sends, or a list of hosts or roles"`
	To          hostWords `yaml:"to" doc:"the host that receives, or a list of hosts or roles"`
	Probability fraction  `yaml:"probability" doc:"how likely each packet is lost, above 0 and at most 1"`
	For         length    `yaml:"for,omitempty" doc:"how long it lasts, or drawn; to the end if left out"`
}

func (f *fileDrop) load(l *loader) (Fault, error) {
	return l.onLinks(sim.Fault{Kind: sim.Drop, Probability: f.Probability.value}, f.From, f.To, f.For)
}

func (*fileDrop) inWords(f Fault, s *Scenario) string {
	from, to := f.between()
	return f.lasting(s, fmt.Sprintf("lose packets from %s to %s with probability %g", from, to, f.Bare.Probability))
}
