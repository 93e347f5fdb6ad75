package redis

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// Simulate puts the model on its host.
func (b Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	SimulateNode(w, ServerID, NodeSettingsOf(s), (*virtual.Host).Record)
	return func(h *virtual.Host) backends.Lock {
		own := s.Of(h.ID())
		if b.Profile == Redislock {
			return b.LockOn(h, DialPool(h, ServerID, nil, own), own)
		}
		return b.LockOn(h, DialNode(h, ServerID, nil), own)
	}
}

// DialNode returns a client host's Port to a simulated server. sent is called instead of recording
// sim.AcquireSent, with the requested value; if it is nil the event is recorded.
func DialNode(h *virtual.Host, server sim.HostID, sent func(value string)) Port {
	return dialNode(h, server, sent)
}

func dialNode(h *virtual.Host, server sim.HostID, sent func(value string)) *simulatedPort {
	if sent == nil {
		sent = func(value string) { h.Record(sim.Event{Kind: sim.AcquireSent, Grant: value}) }
	}
	return &simulatedPort{host: h, server: server, sent: sent}
}

// DialPool returns a client host's pool of connections to a simulated server. One connection exists
// before the world begins.
func DialPool(h *virtual.Host, server sim.HostID, sent func(value string), s backends.Settings) *Pool {
	line := dialNode(h, server, sent)
	line.pooled = true
	h.Connected(server)
	return NewPool(h, line, s)
}

// simulatedPort is the Line of one client host to one simulated server.
type simulatedPort struct {
	host   *virtual.Host
	server sim.HostID
	sent   func(value string)
	pooled bool // connections are made by Connect only
}

func (p *simulatedPort) send(c Command) *virtual.Call {
	if p.pooled {
		return p.host.SendOver(p.server, c)
	}
	return p.host.Send(p.server, c)
}

func (p *simulatedPort) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	r, err := p.acquire(Command{Kind: CommandSetNX, Key: key, Value: value, PX: px}, timeout)
	return r.OK, err
}

func (p *simulatedPort) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	r, err := p.acquire(Command{Kind: CommandSetNXWithToken, Key: key, Counter: counterKey, Value: value, PX: px}, timeout)
	return r.Token, r.OK, err
}

func (p *simulatedPort) Obtain(key, value string, px, timeout time.Duration) (bool, error) {
	r, err := p.acquire(Command{Kind: CommandObtain, Key: key, Value: value, PX: px}, timeout)
	return r.OK, err
}

func (p *simulatedPort) Connect(timeout time.Duration) error {
	listens, err := p.host.Connect(p.server).Wait(timeout)
	if err == nil && !listens.(bool) {
		return ErrRefused
	}
	return err
}

func (p *simulatedPort) Greet(timeout time.Duration) error {
	_, err := p.ask(Command{Kind: CommandHello}, timeout)
	return err
}

func (p *simulatedPort) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	return p.ask(Command{Kind: CommandCompareAndDelete, Key: key, Value: value}, timeout)
}

func (p *simulatedPort) Delete(key string, timeout time.Duration) (bool, error) {
	return p.ask(Command{Kind: CommandDelete, Key: key}, timeout)
}

func (p *simulatedPort) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	return p.ask(Command{Kind: CommandCompareAndExpire, Key: key, Value: value, PX: px}, timeout)
}

func (p *simulatedPort) Add(key, element string, timeout time.Duration) error {
	_, err := p.ask(Command{Kind: CommandAdd, Key: key, Value: element}, timeout)
	return err
}

func (p *simulatedPort) ask(c Command, timeout time.Duration) (bool, error) {
	r, err := wait(p.send(c), timeout)
	return r.OK, err
}

func (p *simulatedPort) acquire(c Command, timeout time.Duration) (Reply, error) {
	call := p.send(c)
	p.sent(c.Value)
	return wait(call, timeout)
}

func wait(call *virtual.Call, timeout time.Duration) (Reply, error) {
	r, err := call.Wait(timeout)
	if err != nil {
		return Reply{}, err
	}
	return r.(Reply), nil
}
