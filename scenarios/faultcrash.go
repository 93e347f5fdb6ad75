package scenarios

import "github.com/locklab/locklab/sim"

type fileCrash struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that crashes, or a list of hosts, or a role"`
	For   length    `yaml:"for,omitempty" doc:"after how long it starts again, such as 0.5ttl, or drawn; it stays down if left out"`
}

func (f *fileCrash) load(l *loader) (Fault, error) {
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
