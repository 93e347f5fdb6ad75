package scenarios

import "github.com/locklab/locklab/sim"

type filePause struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that is stopped, or a list of hosts: client-1, ledger, a server of the lock service, or a role such as holder"`
	For   length    `yaml:"for" doc:"how long it is stopped, such as 1.5ttl, or drawn, such as {uniform: [0, 1ttl]}"`
}

func (f *filePause) load(l *loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.Pause}, f.Host, f.For)
}

func (*filePause) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "pause "+f.on())
}

type fileSuspend struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the host that is suspended, or a list of hosts, or a role"`
	For   length    `yaml:"for" doc:"how long it is suspended, such as 1.5ttl, or drawn"`
}

func (f *fileSuspend) load(l *loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.Suspend}, f.Host, f.For)
}

func (*fileSuspend) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "suspend "+f.on())
}
