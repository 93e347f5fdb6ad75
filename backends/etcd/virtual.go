package etcd

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// cluster is what the members have in common.
type cluster struct {
	world           *virtual.World
	members         []sim.HostID
	running         []*member // as last started
	leadershipCheck bool
	timing          consensus.Timing
	witness         witness
}

// Simulate puts the members on their hosts.
func (b Backend) Simulate(w *virtual.World, s backends.Settings) func(*virtual.Host) backends.Lock {
	c := &cluster{
		world: w, members: b.Servers(s), leadershipCheck: s.On(optionLeadership), timing: timingOf(s),
		witness: witness{succession: succession{token: tokenOf(s)}},
	}
	c.running = make([]*member, len(c.members))
	for i, id := range c.members {
		h := w.Host(id)
		h.Boot(func() { c.running[i] = c.boot(h) })
	}
	w.SetRoles(c.role)
	return func(h *virtual.Host) backends.Lock {
		return NewLock(h, &simulatedPort{host: h, members: c.members}, s.Of(h.ID()))
	}
}

// role tells which members play a part.
func (c *cluster) role(role string) []sim.HostID {
	return divide(c.members, c.leader(), sim.Role(role))
}

// divide tells who leads, and gives a majority that the leader is in and a minority that
// it is not in. An empty leader says that nobody leads.
func divide(members []sim.HostID, leader sim.HostID, role sim.Role) []sim.HostID {
	switch role {
	case sim.Leader:
		if leader == "" {
			return nil
		}
		return []sim.HostID{leader}
	case sim.Majority, sim.Minority:
		var inOrder []sim.HostID // the leader first
		if leader != "" {
			inOrder = append(inOrder, leader)
		}
		for _, id := range members {
			if id != leader {
				inOrder = append(inOrder, id)
			}
		}
		half := len(inOrder)/2 + 1
		if role == sim.Majority {
			return inOrder[:half]
		}
		return inOrder[half:]
	}
	return nil
}

// leader is the member that leads the latest term, empty if none leads.
func (c *cluster) leader() (id sim.HostID) {
	latest := uint64(0)
	for _, m := range c.running {
		if s := m.raft.Status(); !m.host.Down() && s.Role == consensus.Leader && s.Term > latest {
			id, latest = m.host.ID(), s.Term
		}
	}
	return id
}

// leaderPoll is how long a client waits before it asks the next member, when one knows of
// no leader.
const leaderPoll = 100 * time.Millisecond

// simulatedPort is the Port of one client host to the members.
type simulatedPort struct {
	host    *virtual.Host
	members []sim.HostID
	at      int // the member that the next request goes to
}

func (p *simulatedPort) LeaseGrant(ttl, timeout time.Duration) (uint64, time.Duration, error) {
	a, err := p.call(p.command(Command{Kind: CommandLeaseGrant, TTL: ttl}), timeout)
	if err != nil {
		return 0, 0, err
	}
	r := a.(Reply)
	return r.Lease, r.TTL, nil
}

func (p *simulatedPort) LeaseKeepAlive(lease uint64, timeout time.Duration) (time.Duration, error) {
	a, err := p.call(keepAlive{lease}, timeout)
	if err != nil {
		return 0, err
	}
	if r := a.(Reply); r.TTL > 0 {
		return r.TTL, nil
	}
	return 0, ErrNoLease
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

func (p *simulatedPort) command(c Command) Command {
	c.Client = p.host.ID()
	return c
}

func (p *simulatedPort) call(request any, timeout time.Duration) (any, error) {
	return p.exchange(request, timeout, func() {})
}

// exchange sends a request and waits for its answer. A member that knows of no leader has
// not carried it out, so the next one is asked; one that gives no answer may have, so the
// outcome is unknown, and the next request goes to another. sent is called once the
// request is on its way for the first time.
func (p *simulatedPort) exchange(request any, timeout time.Duration, sent func()) (any, error) {
	end := p.host.Now() + timeout
	for first := true; ; first = false {
		member := p.members[p.at]
		call := p.host.Send(member, request)
		if first {
			sent()
		}
		answer, err := call.Wait(end - p.host.Now())
		if err == nil && answer != any(noLeader{}) {
			return answer, nil
		}
		if p.members[p.at] == member { // another process of this host may have gone on already
			p.at = (p.at + 1) % len(p.members)
		}
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", member, err)
		}
		if p.host.Now()+leaderPoll >= end {
			return nil, fmt.Errorf("%s knows of no leader: %w", member, sim.ErrUnknown)
		}
		p.host.Sleep(leaderPoll)
	}
}
