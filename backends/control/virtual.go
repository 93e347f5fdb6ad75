package control

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate puts the perfect service on its host.
func (Perfect) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	server := &simulatedService{host: w.Host(PerfectID), model: NewModel()}
	server.host.Boot(server.boot)
	return func(h *virtual.Host) backends.Lock { return NewLock(h, &simulatedPort{host: h}, s.Of(h.ID())) }
}

type simulatedService struct {
	host  *virtual.Host
	model *Model
	end   *virtual.Timer // of the present lease
}

// boot starts serving and, after a crash, resumes where the service was: one that never errs has
// everything it knows on a disk that loses nothing. A lease that ran out while the machine was off
// ends now.
func (s *simulatedService) boot() {
	s.end = nil // a timer does not outlive a crash
	s.apply(PerfectID, Command{Kind: CommandExpire})
	s.host.Serve(func(from sim.HostID, request any) any { return s.apply(from, request.(Command)) })
}

func (s *simulatedService) apply(from sim.HostID, c Command) Reply {
	r := s.model.Apply(s.host.Now(), c)
	if s.end != nil {
		s.end.Stop()
		s.end = nil
	}
	if at, ok := s.model.NextExpiry(); ok {
		s.end = s.host.After(at-s.host.Now(), func() { s.apply(PerfectID, Command{Kind: CommandExpire}) })
	}
	record(s.host, from, c, r)
	return r
}

// simulatedPort is the Port of one client host to the simulated service.
type simulatedPort struct{ host *virtual.Host }

func (p *simulatedPort) Acquire(grant string, ttl, timeout time.Duration) (uint64, bool, error) {
	call := p.host.Send(PerfectID, Command{Kind: CommandAcquire, Grant: grant, TTL: ttl})
	p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: grant})
	r, err := wait(call, timeout)
	return r.Token, r.OK, err
}

func (p *simulatedPort) Release(grant string, timeout time.Duration) (bool, error) {
	r, err := wait(p.host.Send(PerfectID, Command{Kind: CommandRelease, Grant: grant}), timeout)
	return r.OK, err
}

func wait(call *virtual.Call, timeout time.Duration) (Reply, error) {
	r, err := call.Wait(timeout)
	if err != nil {
		return Reply{}, err
	}
	return r.(Reply), nil
}
