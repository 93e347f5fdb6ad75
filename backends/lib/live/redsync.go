//go:build linux

package liblive

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/go-redsync/redsync/v4"
	redsyncredis "github.com/go-redsync/redsync/v4/redis"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// redsyncLock is go-redsync/redsync with its own settings, except for the lease, and for trying as
// long as the client is ready to wait.
type redsyncLock struct {
	host  *live.Host
	nodes []*redisClient
	pools *redsync.Redsync
	ttl   time.Duration

	mu     sync.Mutex // the library asks the nodes on goroutines of its own
	asking string     // the value that is being requested
	sent   []bool     // by node: in this round
}

func dialRedsync(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	l := &redsyncLock{host: h, ttl: s.TTL, sent: make([]bool, len(servers))}
	var pools []redsyncredis.Pool
	for i, ip := range servers {
		node := newRedisClient(h, ip, isSet, func(value string) { l.note(i, value) })
		l.nodes = append(l.nodes, node)
		pools = append(pools, goredis.NewPool(node.Client))
	}
	l.pools = redsync.New(pools...)
	var err error
	h.Outside(func() { err = l.warmUp() })
	if err != nil {
		return nil, fmt.Errorf("take a lock of redsync to warm up: %w", err)
	}
	return l, nil
}

// isSet recognizes the command that takes a lock: SET key value EX or PX ttl NX.
func isSet(words []string) (value string, yes bool) {
	if len(words) < 3 || !strings.EqualFold(words[0], "set") || words[1] != redis.LockKey {
		return "", false
	}
	return words[2], true
}

// note records that a request is on its way to a node. When all of a round are, the client has
// asked for the lock and knows nothing yet.
func (l *redsyncLock) note(node int, value string) {
	l.mu.Lock()
	if value != l.asking || l.sent[node] { // a new round; the last one did not reach every node
		l.asking = value
		clear(l.sent)
	}
	l.sent[node] = true
	all := true
	for _, sent := range l.sent {
		all = all && sent
	}
	if all {
		clear(l.sent)
	}
	l.mu.Unlock()
	if all {
		l.host.Record(sim.Event{Kind: sim.AcquireSent, Grant: value})
	}
}

// warmUp takes another lock and gives it back.
func (l *redsyncLock) warmUp() error {
	ctx, cancel := within(connectLimit)
	defer cancel()
	m := l.pools.NewMutex(fmt.Sprintf("%s:%s", warmUpKey, l.host.ID()), redsync.WithExpiry(connectLimit))
	if err := m.LockContext(ctx); err != nil {
		return err
	}
	_, err := m.UnlockContext(ctx)
	return err
}

// Acquire calls Lock, which waits.
func (l *redsyncLock) Acquire(wait time.Duration) (backends.Lease, error) {
	m := l.pools.NewMutex(redis.LockKey, redsync.WithExpiry(l.ttl), redsync.WithTries(math.MaxInt),
		redsync.WithGenValueFunc(func() (string, error) { return newValue(l.host), nil }))
	var err error
	l.host.Outside(func() {
		ctx, cancel := within(wait)
		defer cancel()
		err = m.LockContext(ctx)
	})
	unanswered := 0
	for _, node := range l.nodes {
		if node.unanswered.Load() {
			unanswered++
		}
	}
	switch {
	case err == nil:
		// Its deadline has a reading of the same monotonic clock that the host reads.
		return &redsyncLease{host: l.host, mutex: m, ttl: l.ttl, until: l.host.Now() + time.Until(m.Until())}, nil
	case len(l.nodes)-unanswered <= len(l.nodes)/2:
		return nil, fmt.Errorf("lock %s: %d of %d nodes did not answer: %w (%v)", redis.LockKey, unanswered, len(l.nodes), sim.ErrUnknown, err)
	}
	return nil, backends.ErrHeld // the library does not tell its users that an answer came too late
}

// redsyncLease is a mutex of redsync that was locked.
type redsyncLease struct {
	host  *live.Host
	mutex *redsync.Mutex
	ttl   time.Duration
	until time.Duration // on the host's monotonic clock
	over  bool          // released
}

// Grant is the value with which the lock was taken.
func (l *redsyncLease) Grant() string { return l.mutex.Value() }

// Token is 0: Redlock has none.
func (l *redsyncLease) Token() uint64 { return 0 }

// Until is the library's deadline.
func (l *redsyncLease) Until() time.Duration { return l.until }

// Valid compares Until with the clock, as the library advises since its own Valid is deprecated.
func (l *redsyncLease) Valid() bool { return !l.over && l.host.Now() < l.until }

// Lost is nil: the library renews nothing by itself, so it has nothing to report.
func (l *redsyncLease) Lost() sim.Signal { return nil }

// Release unlocks the mutex.
func (l *redsyncLease) Release() error {
	l.over = true
	var unlocked bool
	var err error
	l.host.Outside(func() {
		ctx, cancel := within(l.ttl)
		defer cancel()
		unlocked, err = l.mutex.UnlockContext(ctx)
	})
	var silent *redsync.RedisError
	switch {
	case unlocked:
		return nil
	case errors.As(err, &silent):
		return fmt.Errorf("unlock %s: %w (%v)", redis.LockKey, sim.ErrUnknown, err)
	}
	return backends.ErrLost
}
