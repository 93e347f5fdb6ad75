package scenarios

import "github.com/locklab/locklab/sim"

type fileStall struct {
	place `yaml:"-"`
	Host  hostWords `yaml:"host" doc:"the server of the lock service whose disk it is, or a list of them, or a role such as leader"`
	For   length    `yaml:"for" doc:"how long the disk stalls, such as 5s, or drawn"`
}

func (f *fileStall) load(l *loader) (Fault, error) {
	return l.onHosts(sim.Fault{Kind: sim.StallDisk}, f.Host, f.For)
}

func (*fileStall) inWords(f Fault, s *Scenario) string {
	return f.lasting(s, "block all disk syncs on "+f.on())
}
