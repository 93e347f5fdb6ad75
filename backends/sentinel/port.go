package sentinel

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// ErrNotReplicated means that the key was set, or the element added, but too few replicas had the
// write when WAIT returned. If the key was for the lock, the caller should delete it.
var ErrNotReplicated = errors.New("set, but not replicated in time")

// How go-redis treats a server that turns out to be a replica: it sends the command again up to
// three times, after 8 ms and longer each time, to whichever server is the master then.
const (
	maxRetries      = 3
	minRetryBackoff = 8 * time.Millisecond
)

// sentinelTimeout is how long a client waits for one Sentinel before it asks the next.
const sentinelTimeout = 100 * time.Millisecond

// Network is how a Port talks to Sentinels and servers, in either world. In the live world they are
// named by their addresses. An error that is not part of an answer means that the outcome is
// unknown.
type Network interface {
	// MasterOf asks a Sentinel for the master.
	MasterOf(sentinel sim.HostID, timeout time.Duration) (sim.HostID, error)
	// Command sends a command to a server; sent, if not nil, is called once it is on its way and
	// before its answer is read. left returns how long to wait.
	Command(server sim.HostID, c redis.Command, sent func(), left func() time.Duration) (Answer, error)
	// WaitReplicas is WAIT for everything before it in the stream of the last command's connection;
	// that command was answered with a. It must directly follow that command.
	WaitReplicas(server sim.HostID, a Answer, replicas int, limit, timeout time.Duration) (int, error)
}

// Port is the redis.Port of one client host to the present master. It asks the Sentinels, the one
// that answered last first, and remembers the master until a call to it fails. (go-redis also
// listens to what Sentinels publish; like a client that missed the message, this one finds out with
// its next call.)
type Port struct {
	host      sim.Host
	network   Network
	sentinels []sim.HostID
	master    sim.HostID // "" if it has to be asked for

	replicas    int // for WAIT; 0 means no WAIT
	waitTimeout time.Duration
}

var _ redis.Port = (*Port)(nil)

// NewPort returns a host's port. The network reaches these Sentinels by these names.
func NewPort(h sim.Host, n Network, sentinels []sim.HostID, s backends.Settings) *Port {
	return &Port{
		host: h, network: n, sentinels: slices.Clone(sentinels),
		replicas: s.Int(optionWait), waitTimeout: s.Span(optionWaitTimeout),
	}
}

func (p *Port) SetNX(key, value string, px, timeout time.Duration) (bool, error) {
	r, err := p.acquire(redis.Command{Kind: redis.CommandSetNX, Key: key, Value: value, PX: px}, timeout)
	return r.OK, err
}

func (p *Port) SetNXWithToken(key, counterKey, value string, px, timeout time.Duration) (uint64, bool, error) {
	r, err := p.acquire(redis.Command{Kind: redis.CommandSetNXWithToken, Key: key, Counter: counterKey, Value: value, PX: px}, timeout)
	return r.Token, r.OK, err
}

func (p *Port) CompareAndDelete(key, value string, timeout time.Duration) (bool, error) {
	return p.ask(redis.Command{Kind: redis.CommandCompareAndDelete, Key: key, Value: value}, timeout)
}

func (p *Port) Delete(key string, timeout time.Duration) (bool, error) {
	return p.ask(redis.Command{Kind: redis.CommandDelete, Key: key}, timeout)
}

func (p *Port) CompareAndExpire(key, value string, px, timeout time.Duration) (bool, error) {
	return p.ask(redis.Command{Kind: redis.CommandCompareAndExpire, Key: key, Value: value, PX: px}, timeout)
}

// acquire sets the key and, with WAIT, counts it as set only if enough replicas have it.
func (p *Port) acquire(c redis.Command, timeout time.Duration) (redis.Reply, error) {
	start := p.host.Now()
	server, a, err := p.call(c, timeout)
	if err != nil || !a.Reply.OK || p.replicas == 0 {
		return a.Reply, err
	}
	if err := p.await(server, a, timeout-(p.host.Now()-start)); err != nil {
		return redis.Reply{}, err
	}
	return a.Reply, nil
}

// await is WAIT after a server has answered a. It returns ErrNotReplicated, or an error that wraps
// sim.ErrUnknown.
func (p *Port) await(server sim.HostID, a Answer, left time.Duration) error {
	n, err := p.network.WaitReplicas(server, a, p.replicas, p.waitTimeout, left)
	if err != nil {
		p.forget(server)
		return fmt.Errorf("WAIT: %w", err)
	}
	if n < p.replicas {
		return fmt.Errorf("WAIT: %d of %d replicas have it: %w", n, p.replicas, ErrNotReplicated)
	}
	return nil
}

// ask is call for a yes-or-no command.
func (p *Port) ask(c redis.Command, timeout time.Duration) (bool, error) {
	_, a, err := p.call(c, timeout)
	return a.Reply.OK, err
}

// call sends a command to the master, wherever that is, and waits for the answer. It also returns
// which server that was, since other processes of the host may have found, or lost, another one
// since.
func (p *Port) call(c redis.Command, timeout time.Duration) (sim.HostID, Answer, error) {
	start := p.host.Now()
	left := func() time.Duration { return timeout - (p.host.Now() - start) }
	for try := 0; ; try++ {
		if err := p.findMaster(left); err != nil {
			return "", Answer{}, err
		}
		server := p.master
		var sent func()
		if c.Kind == redis.CommandSetNX || c.Kind == redis.CommandSetNXWithToken {
			sent = func() { p.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: c.Value}) }
		}
		a, err := p.network.Command(server, c, sent, left)
		if err != nil {
			p.forget(server)
			return "", Answer{}, err
		}
		if !errors.Is(a.Err, ErrReadOnly) {
			return server, a, a.Err
		}
		p.forget(server)
		backoff := minRetryBackoff << try
		if try == maxRetries || left() <= backoff {
			return "", Answer{}, a.Err
		}
		p.host.Sleep(backoff)
	}
}

// forget makes the next call ask for the master again, unless another one has been found already.
func (p *Port) forget(server sim.HostID) {
	if p.master == server {
		p.master = ""
	}
}

// findMaster asks one Sentinel after the other, unless the master is known. The one that answers is
// asked first the next time, as the guidelines for Sentinel clients say.
func (p *Port) findMaster(left func() time.Duration) error {
	if p.master != "" {
		return nil
	}
	for _, id := range slices.Clone(p.sentinels) { // other processes of the host may reorder them meanwhile
		master, err := p.network.MasterOf(id, min(sentinelTimeout, left()))
		if err != nil {
			continue
		}
		p.master = master
		i := slices.Index(p.sentinels, id)
		copy(p.sentinels[1:i+1], p.sentinels[:i])
		p.sentinels[0] = id
		return nil
	}
	return fmt.Errorf("no Sentinel named a master: %w", sim.ErrUnknown)
}
