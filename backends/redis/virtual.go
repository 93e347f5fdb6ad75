package redis

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate puts the model on its host.
func (Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	server := &simulatedServer{host: w.Host(ServerID), model: NewModel()}
	server.host.Serve(server.serve)
	return func(h *virtual.Host) backends.Lock {
		return NewLock(h, &simulatedPort{host: h, server: ServerID}, s)
	}
}

// simulatedServer runs the model on a host by that host's wall clock.
type simulatedServer struct {
	host  *virtual.Host
	model *Model
	sweep *virtual.Timer // wakes the expire cycle when the lock's time is up
}

func (s *simulatedServer) serve(_ sim.HostID, request any) any {
	c := request.(Command)
	r := s.model.Apply(s.host.Wall(), c)
	s.ended(r)
	if e, ok := happened(c, r); ok {
		s.host.Record(e)
		s.schedule(c.Key)
	}
	return r
}

// happened is what a command did to the lock, if anything.
func happened(c Command, r Reply) (e sim.Event, ok bool) {
	e = sim.Event{Grant: c.Value, Token: r.Token}
	switch c.Kind {
	case CommandSetNX, CommandSetNXWithToken:
		e.Kind = sim.Granted
	case CommandCompareAndExpire:
		e.Kind = sim.Extended
	case CommandCompareAndDelete:
		e.Kind = sim.Freed
	}
	return e, r.OK
}

func (s *simulatedServer) ended(r Reply) {
	for _, value := range r.Ended {
		s.host.Record(sim.Event{Kind: sim.Expired, Grant: value})
	}
}

// cyclePeriod is how often Redis looks for keys whose time is up (hz 10).
const cyclePeriod = 100 * time.Millisecond

// schedule sets the expire cycle for the moment at which the key's time is up, as far as
// can be foreseen. Redis looks every cyclePeriod instead; that would fill the event queue
// and change nothing but how late an expiry is noticed that nobody asks about. Steps of
// the wall clock move no timer: after a step forward the next command that touches the
// key notices, and after a step back the cycle finds nothing and looks again later.
func (s *simulatedServer) schedule(key string) {
	if s.sweep != nil {
		s.sweep.Stop()
		s.sweep = nil
	}
	if at, ok := s.model.NextExpiry(key); ok {
		s.sweep = s.host.After(at.Sub(s.host.Wall()), func() { s.cycle(key) })
	}
}

func (s *simulatedServer) cycle(key string) {
	s.ended(s.model.Apply(s.host.Wall(), Command{Kind: CommandExpireCycle}))
	if at, ok := s.model.NextExpiry(key); ok {
		s.sweep = s.host.After(max(at.Sub(s.host.Wall()), cyclePeriod), func() { s.cycle(key) })
	}
}

// simulatedPort is the Port of one client host to one simulated server.
type simulatedPort struct {
	host   *virtual.Host
	server sim.HostID
}

func (p *simulatedPort) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	r, err := p.acquire(Command{Kind: CommandSetNX, Key: key, Value: value, PX: px}, timeout)
	return r.OK, err
}

func (p *simulatedPort) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	r, err := p.acquire(Command{Kind: CommandSetNXWithToken, Key: key, Counter: counterKey, Value: value, PX: px}, timeout)
	return r.Token, r.OK, err
}

func (p *simulatedPort) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	r, err := p.wait(p.host.Send(p.server, Command{Kind: CommandCompareAndDelete, Key: key, Value: value}), timeout)
	return r.OK, err
}

func (p *simulatedPort) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	r, err := p.wait(p.host.Send(p.server, Command{Kind: CommandCompareAndExpire, Key: key, Value: value, PX: px}), timeout)
	return r.OK, err
}

func (p *simulatedPort) acquire(c Command, timeout time.Duration) (Reply, error) {
	call := p.host.Send(p.server, c)
	p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: c.Value})
	return p.wait(call, timeout)
}

func (p *simulatedPort) wait(call *virtual.Call, timeout time.Duration) (Reply, error) {
	r, err := call.Wait(timeout)
	if err != nil {
		return Reply{}, err
	}
	return r.(Reply), nil
}
