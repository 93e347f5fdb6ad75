// Package redis is the lock on a single Redis server: SET NX PX with a random value, and
// release by compare-and-delete.
package redis

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// ServerID is the host that the Redis server runs on.
const ServerID sim.HostID = "redis-1"

// Option names.
const (
	optionElapsed = "elapsed-check"
	optionRenew   = "renew"
	optionTimeout = "timeout"
	optionRetry   = "retry"
	optionPlain   = "plain-del"
	optionDurable = "durability"
	optionRestart = "restart-delay"
)

// Backend is the single-instance lock as a backends.Backend. The zero Backend is the documented
// algorithm; a Profile makes it behave as a library does.
type Backend struct{ Profile Profile }

var _ backends.Profiled = Backend{}

// Name is "redis", or "redis-" and the profile.
func (b Backend) Name() string {
	if b.Profile == Documented {
		return "redis"
	}
	return "redis-" + string(b.Profile)
}

// Service is "redis", of which a profile is a set of options.
func (Backend) Service() string { return Backend{}.Name() }

// Title describes it in one line.
func (b Backend) Title() string {
	if b.Profile == Redislock {
		return "Redis, single instance, as bsm/redislock uses it: on a go-redis pool, no way back from a lost answer"
	}
	return "Redis, single instance: SET NX PX, compare-and-delete"
}

// Options lists the points on which libraries differ.
func (b Backend) Options() []backends.Option {
	if b.Profile == Redislock {
		return libraryOptions()
	}
	return []backends.Option{
		{Name: optionElapsed, Kind: backends.Switch, Default: "off",
			Doc: "count the lease from before the request and discard an answer that comes too late"},
		{Name: optionRenew, Kind: backends.Switch, Default: "off",
			Doc: "a watchdog renews the lease every third of its length"},
		{Name: optionTimeout, Kind: backends.Duration, Default: "0.5ttl", Least: backends.NotZero, Awaited: true,
			Doc: "how long a call waits for its answer"},
		{Name: optionRetry, Kind: backends.Duration, Default: "0.05ttl", Least: backends.NotZero,
			Doc: "mean delay before another try; each is drawn between half and one and a half of it"},
		{Name: optionPlain, Kind: backends.Switch, Default: "off",
			Doc: "release by DEL, which deletes the lock of whoever has it"},
		DurabilityOption(),
		RestartDelayOption(),
	}
}

// IssuesTokens is true for the documented lock: a counter incremented in the same script provides
// fencing tokens. The library has none.
func (b Backend) IssuesTokens() bool { return b.Profile == Documented }

// Servers is one host.
func (Backend) Servers(backends.Settings) []sim.HostID { return []sim.HostID{ServerID} }

// Parts is empty: there is one server.
func (Backend) Parts(backends.Settings) []sim.Role { return nil }

// Syncs says why the server does not wait for its disk; nil means it does.
func (Backend) Syncs(s backends.Settings) error { return NodeSettingsOf(s).Syncs() }

// Renews says whether there is a watchdog.
func (Backend) Renews(s backends.Settings) bool { return s.On(optionRenew) }

// Never lists the events of independent nodes, and renewals unless there is a watchdog.
func (b Backend) Never(s backends.Settings) []sim.Kind {
	if b.Profile == Redislock && !s.On(optionRenew) { // a command that is sent again may extend the lease
		return append(backends.NodeKinds(), sim.Renewed, sim.Lost)
	}
	return Never(s)
}

// Never lists the events that this package's lock never records, whichever service uses it.
func Never(s backends.Settings) []sim.Kind {
	never := backends.NodeKinds()
	if !s.On(optionRenew) {
		never = append(never, backends.WithoutRenewal()...)
	}
	return never
}
