// Package redlock is the lock on N independent Redis servers that the Redis documentation publishes
// as the Redlock algorithm ("Distributed Locks with Redis").
package redlock

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// Names of the options that real connections depend on.
const (
	// OptionTimeout is how long a server is waited for.
	OptionTimeout = "node-timeout"
	// OptionSequential is whether the servers are asked one after the other.
	OptionSequential = "sequential"
)

// Names of the other options.
const (
	optionNodes     = "nodes"
	optionQuorum    = "quorum"
	optionWallClock = "wall-clock"
	optionElapsed   = "elapsed-check"
	optionDrift     = "drift"
	optionConstant  = "drift-constant"
	optionRetry     = "retry"
	optionJitter    = "retry-jitter"
	optionPartial   = "unlock-partial"
	optionRenew     = "renew"
	optionTopUp     = "top-up"
	optionPlain     = "plain-del"
	optionEarly     = "return-at-quorum"
	optionUnlock    = "unlock-timeout"
)

// Backend is Redlock as a backends.Backend. The zero Backend is the documented algorithm; a Profile
// makes it behave as a library does.
type Backend struct{ Profile Profile }

var (
	_ backends.Checked   = Backend{}
	_ backends.Profiled  = Backend{}
	_ backends.Impatient = Backend{}
)

// Name is "redlock", or "redlock-" and the profile.
func (b Backend) Name() string {
	if b.Profile == Documented {
		return "redlock"
	}
	return "redlock-" + string(b.Profile)
}

// Service is "redlock", of which a profile is a set of options.
func (Backend) Service() string { return Backend{}.Name() }

// Title describes it in one line.
func (b Backend) Title() string { return b.Profile.facts().title }

// Options lists the points on which the published versions and the libraries differ, with the
// profile's defaults.
func (b Backend) Options() []backends.Option {
	f := b.Profile.facts()
	number := func(name, def string, least, most int, doc string) backends.Option {
		return backends.Option{Name: name, Kind: backends.Int, Default: def, Min: least, Max: most, Doc: doc}
	}
	length := func(name, def string, least time.Duration, doc string) backends.Option {
		return backends.Option{Name: name, Kind: backends.Duration, Default: def, Least: least, Doc: doc}
	}
	choice := func(name, def, doc string) backends.Option {
		return backends.Option{Name: name, Kind: backends.Switch, Default: def, Doc: doc}
	}
	all := []backends.Option{
		number(optionNodes, "5", 1, 99, "how many independent servers there are"),
		number(optionQuorum, "0", 0, 99, "how many of them make a lock; 0: the majority, anything less is a mistake"),
		{Name: OptionTimeout, Kind: backends.Duration, Default: f.timeout, Least: backends.NotZero,
			Awaited: !b.Pooled(), // see Patience
			Doc:     f.waits},
		length(optionUnlock, f.unlock, 0, "how long the release of a lock waits for a server; 0s: as long as for a lock"),
		choice(OptionSequential, f.sequential, "ask the servers one after the other instead of all at once"),
		choice(optionEarly, "off", "wait for no more answers once a quorum has said yes, or cannot any more; off: wait for every server's answer or time-out"),
		choice(optionWallClock, f.wallClock, "measure the time that acquiring took by the wall clock instead of the monotonic one"),
		choice(optionElapsed, "on", "count the lease from before the requests; off, a mistake: from the last answer"),
		length(optionDrift, "0.01ttl", 0, "what is taken off the lease because clocks run at different rates"),
		length(optionConstant, f.constant, 0, "what is taken off besides, because servers expire keys by the millisecond"),
		length(optionRetry, f.retry, backends.NotZero, "mean of the random delay before another try; "+f.spread),
		choice(optionJitter, "on", "draw that delay at random; off, a mistake: it is always the mean"),
		choice(optionPartial, "on", "after a try that failed, unlock all servers; off, a mistake: what was locked stays so until it expires"),
		choice(optionRenew, "off", "a watchdog renews the lease every third of its length"),
		choice(optionTopUp, "off", "once a quorum has granted the lock, go on asking the others"),
		choice(optionPlain, "off", "release by DEL, which deletes the lock of whoever has it"),
		redis.DurabilityOption(),
		redis.RestartDelayOption(),
	}
	if b.Pooled() {
		all = append(all, redis.PoolOptions()...)
	}
	return all
}

// Pooled reports whether requests go through go-redis's connection pools.
func (b Backend) Pooled() bool { return b.Profile == Redsync }

// Patience is the node-timeout if go-redis applies it to answers too (context-timeout). By default
// its pool waits for answers as long as it likes, and a late answer still counts as a vote. The
// time-out then limits only the wait for a new connection, which the kernels open; a client that
// misses that asks again after its usual pause.
func (b Backend) Patience(s backends.Settings) (time.Duration, string) {
	if b.Pooled() && redis.ContextHoldsForAnswers(s) {
		return s.Span(OptionTimeout), OptionTimeout
	}
	return 0, ""
}

// Check returns an error unless there are enough servers for the quorum.
func (Backend) Check(s backends.Settings) *backends.Misfit {
	if q, nodes := s.Int(optionQuorum), s.Int(optionNodes); q > nodes {
		return &backends.Misfit{Option: optionQuorum, Found: fmt.Sprintf("%d, and there are %d nodes", q, nodes), Expected: "at most that many"}
	}
	return nil
}

// IssuesTokens is false: nothing orders the random values of two holders.
func (Backend) IssuesTokens() bool { return false }

// Servers are redis-1 to redis-N.
func (Backend) Servers(s backends.Settings) []sim.HostID {
	var ids []sim.HostID
	for i := range s.Int(optionNodes) {
		ids = append(ids, sim.HostID(fmt.Sprintf("redis-%d", i+1)))
	}
	return ids
}

// quorum is how many nodes make a lock: N/2+1, unless an experiment wants fewer.
func quorum(s backends.Settings) int {
	if q := s.Int(optionQuorum); q != 0 {
		return q
	}
	return s.Int(optionNodes)/2 + 1
}

// Parts is empty: all nodes are equal.
func (Backend) Parts(backends.Settings) []sim.Role { return nil }

// Syncs says why the servers do not wait for their disks; nil means they do.
func (Backend) Syncs(s backends.Settings) error { return redis.NodeSettingsOf(s).Syncs() }

// Renews says whether there is a watchdog.
func (Backend) Renews(s backends.Settings) bool { return s.On(optionRenew) }

// Never lists renewals unless there is a watchdog.
func (Backend) Never(s backends.Settings) []sim.Kind {
	if s.On(optionRenew) {
		return nil
	}
	return backends.WithoutRenewal()
}
