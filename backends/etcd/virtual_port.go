package etcd

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

const (
	// LeaderPoll is how long a client waits before it asks the next member after one that knows no
	// leader.
	LeaderPoll = 100 * time.Millisecond
	// retryBackoff is how long the client library waits before it repeats a repeatable request
	// (client/v3, options.go: defaultBackoffWaitBetween).
	retryBackoff = 25 * time.Millisecond
)

// simulatedPort is the Port of one client host to the members.
type simulatedPort struct {
	host    *virtual.Host
	channel *channel
}

func newSimulatedPort(h *virtual.Host, members []*virtual.Host, idle time.Duration) *simulatedPort {
	return &simulatedPort{host: h, channel: newChannel(h, members, idle)}
}

func (p *simulatedPort) LeaseGrant(ttl, timeout time.Duration) (uint64, time.Duration, error) {
	a, err := p.call(p.command(Command{Kind: CommandLeaseGrant, TTL: ttl}), timeout)
	if err != nil {
		return 0, 0, err
	}
	r := a.(Reply)
	return r.Lease, r.TTL, nil
}

func (p *simulatedPort) LeaseRevoke(lease uint64, timeout time.Duration) error {
	_, err := p.call(p.command(Command{Kind: CommandLeaseRevoke, Lease: lease}), timeout)
	return err
}

func (p *simulatedPort) Create(key, prefix string, lease uint64, timeout time.Duration) (own, first Key, err error) {
	c := p.command(Command{Kind: CommandCreate, Key: key, Prefix: prefix, Lease: lease})
	a, err := p.exchange(c, timeout, func() { p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: key}) })
	if err != nil {
		return Key{}, Key{}, err
	}
	r := a.(Reply)
	if !r.OK {
		return Key{}, Key{}, ErrNoLease
	}
	return r.Own, r.First, nil
}

func (p *simulatedPort) Get(key string, timeout time.Duration) (Key, bool, error) {
	a, err := p.call(readKey{key}, timeout)
	if err != nil {
		return Key{}, false, err
	}
	f := a.(found)
	return f.Key, f.OK, nil
}

func (p *simulatedPort) LastCreated(prefix string, max uint64, timeout time.Duration) (Key, uint64, bool, error) {
	a, err := p.call(readLast{prefix, max}, timeout)
	if err != nil {
		return Key{}, 0, false, err
	}
	f := a.(found)
	return f.Key, f.Revision, f.OK, nil
}

func (p *simulatedPort) WatchDelete(k Key, revision uint64, timeout time.Duration) error {
	_, err := p.call(watchDelete{k, revision}, timeout)
	return err
}

func (p *simulatedPort) Delete(key string, created uint64, timeout time.Duration) (bool, error) {
	a, err := p.call(p.command(Command{Kind: CommandDelete, Key: key, Created: created}), timeout)
	if err != nil {
		return false, err
	}
	return a.(Reply).OK, nil
}

func (p *simulatedPort) ReadAccount(timeout time.Duration) (Entry, error) {
	a, err := p.call(readAccount{}, timeout)
	if err != nil {
		return Entry{}, err
	}
	return a.(account).Entry, nil
}

func (p *simulatedPort) PutAccount(put Put, timeout time.Duration) (Placed, error) {
	put.Client = p.host.ID()
	c := p.command(Command{Kind: CommandPut, Put: put})
	a, err := p.exchange(c, timeout, func() { p.host.Record(sim.Event{Kind: sim.WriteSent, Op: put.Op}) })
	if err != nil {
		return Placed{}, err
	}
	return a.(Reply).Placed, nil
}

func (p *simulatedPort) command(c Command) Command {
	c.Client = p.host.ID()
	return c
}

func (p *simulatedPort) call(request any, timeout time.Duration) (any, error) {
	return p.exchange(request, timeout, func() {})
}

// repeatable reports whether the client library sends a request again if its connection was found
// dead (client/v3, retry.go): only requests that change nothing but leases, so neither transactions
// nor deletions.
func repeatable(request any) bool {
	c, command := request.(Command)
	return !command || c.Kind == CommandLeaseGrant || c.Kind == CommandLeaseRevoke
}

// exchange sends a request and waits for its answer. A member that knows no leader has not executed
// it, so the next one is asked. sent is called once the request is on its way for the first time.
func (p *simulatedPort) exchange(request any, timeout time.Duration, sent func()) (any, error) {
	end := sim.AddCapped(p.host.Now(), timeout)
	for first := true; ; first = false {
		k := p.channel.pick(end)
		if k == nil {
			return nil, fmt.Errorf("no member can be reached: %w", sim.ErrUnknown)
		}
		var answer any
		var err error
		done := p.host.NewSignal()
		c := k.start(request, func(a any, e error) { answer, err = a, e; done.Fire() })
		if first {
			sent()
		}
		member := k.member.ID()
		if !done.Wait(end - p.host.Now()) {
			k.forget(c)
			return nil, fmt.Errorf("ask %s: %w", member, sim.ErrUnknown)
		}
		pause := retryBackoff
		switch {
		case err == nil && answer == any(noLeader{}):
			pause = LeaderPoll
		case err == nil && answer != any(timedOut{}):
			return answer, nil
		case !repeatable(request):
			return nil, fmt.Errorf("ask %s: %w", member, sim.ErrUnknown)
		}
		if p.host.Now()+pause >= end {
			return nil, fmt.Errorf("ask %s: %w", member, sim.ErrUnknown)
		}
		p.host.Sleep(pause)
	}
}

// timerLag is the maximum lateness of a Go timer on Linux, on a machine that is not busy.
const timerLag = time.Millisecond

// TimerLag draws how late a timer fires.
func (p *simulatedPort) TimerLag() time.Duration { return sim.Between(p.host, 0, timerLag) }

// KeepAlives opens a stream on the next connection that is up.
func (p *simulatedPort) KeepAlives() (KeepAlives, error) {
	k := p.channel.pick(sim.Forever)
	s := &simulatedStream{port: p, connection: k, over: p.host.NewSignal(), came: p.host.NewSignal()}
	s.open = &call{done: func(any, error) { s.end() }} // no answer has its number
	k.calls = append(k.calls, s.open)
	return s, nil
}

// simulatedStream is a stream of keep-alives.
type simulatedStream struct {
	port       *simulatedPort
	connection *connection
	open       *call // ends when the connection is found dead
	answers    []KeptAlive
	came       sim.Signal // fires when there is something to receive
	over       sim.Signal
}

// Send sends a keep-alive. A member that has known no leader for a while ends the stream, because
// the client requires a leader (lease.go: WithRequireLeader; v3rpc, monitorLeader).
func (s *simulatedStream) Send(lease uint64) {
	if s.over.Wait(0) {
		return
	}
	asked := s.port.host.Now()
	s.connection.start(keepAlive{lease}, func(a any, err error) {
		switch r := a.(type) {
		case Reply:
			s.answers = append(s.answers, KeptAlive{Lease: lease, TTL: r.TTL, Asked: asked})
			s.came.Fire()
		case timedOut, noLeader:
			s.end()
		}
	})
}

func (s *simulatedStream) end() {
	s.over.Fire()
	s.came.Fire()
}

// Receive returns the answers in the order in which they come.
func (s *simulatedStream) Receive() (KeptAlive, error) {
	for len(s.answers) == 0 {
		if s.over.Wait(0) {
			return KeptAlive{}, ErrStreamOver
		}
		s.came.Wait(sim.Forever)
		s.came = s.port.host.NewSignal()
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	return a, nil
}

// Close ends the stream.
func (s *simulatedStream) Close() {
	k := s.connection
	k.calls = slices.DeleteFunc(k.calls, func(c *call) bool { return c == s.open })
	s.end()
}

// Over fires when the stream is over.
func (s *simulatedStream) Over() sim.Signal { return s.over }
