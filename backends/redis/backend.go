// Package redis is the lock on a single Redis server: SET NX PX with a random value, and
// release by compare-and-delete.
package redis

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// ServerID is the host that the Redis server runs on.
const ServerID sim.HostID = "redis-1"

// The options, by name.
const (
	optionElapsed = "elapsed-check"
	optionRenew   = "renew"
	optionTimeout = "timeout"
	optionRetry   = "retry"
	optionPlain   = "plain-del"
	optionDurable = "durability"
	optionRestart = "restart-delay"
)

// Backend is the single-instance lock as a backends.Backend.
type Backend struct{}

var _ backends.Backend = Backend{}

// Name is "redis".
func (Backend) Name() string { return "redis" }

// Title says in one line what it is.
func (Backend) Title() string { return "Redis, single instance: SET NX PX, compare-and-delete" }

// Options lists what libraries differ in.
func (Backend) Options() []backends.Option {
	return []backends.Option{
		{Name: optionElapsed, Kind: backends.Switch, Default: "off",
			Doc: "count the lease from before the request and discard an answer that comes too late"},
		{Name: optionRenew, Kind: backends.Switch, Default: "off",
			Doc: "a watchdog prolongs the lease every third of it"},
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

// IssuesTokens is true: a counter raised in the same script gives fencing tokens.
func (Backend) IssuesTokens() bool { return true }

// Servers is one host.
func (Backend) Servers(backends.Settings) []sim.HostID { return []sim.HostID{ServerID} }

// Parts is empty: there is one server.
func (Backend) Parts(backends.Settings) []sim.Role { return nil }

// Syncs says whether the servers wait for their disks.
func (Backend) Syncs(s backends.Settings) error { return NodeSettingsOf(s).Syncs() }

// Never lists the events of independent nodes, and renewals unless there is a watchdog.
func (Backend) Never(s backends.Settings) []sim.Kind { return Never(s) }

// Never is what the lock of this package never records, for every service that it is used
// with.
func Never(s backends.Settings) []sim.Kind {
	never := backends.NodeKinds()
	if !s.On(optionRenew) {
		never = append(never, backends.WithoutRenewal()...)
	}
	return never
}
