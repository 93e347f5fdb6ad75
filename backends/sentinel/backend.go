// Package sentinel is the lock of a single Redis instance on a Redis that fails over: a master,
// replicas that copy it asynchronously, and Sentinels that promote a replica when the old master is
// gone. The lock itself is that of package redis, unchanged; only the service that keeps it
// differs.
//
// The model follows the Sentinel documentation ("High availability with Redis Sentinel") and the
// source of Redis 7 (sentinel.c, replication.c). It leaves out partial resynchronisation (a full
// one gives the same data), replicas of replicas, replica priorities, and the discovery of
// Sentinels, which know each other from the start.
package sentinel

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
)

// MasterID is the host of the first master. It keeps its name when it is no longer master.
const MasterID sim.HostID = "redis-master"

// ReplicaID names the host of a server that starts as a replica; n counts from 1.
func ReplicaID(n int) sim.HostID { return sim.HostID(fmt.Sprintf("redis-replica-%d", n)) }

// ID names the host of a Sentinel; n counts from 1.
func ID(n int) sim.HostID { return sim.HostID(fmt.Sprintf("sentinel-%d", n)) }

// Names of the options that concern the servers and the Sentinels. Attached ones are as they are.
const (
	OptionReplicas        = "replicas"
	OptionSentinels       = "sentinels"
	OptionQuorum          = "quorum"
	OptionLag             = "replication-lag"
	OptionMinReplicas     = "min-replicas-to-write"
	OptionMaxLag          = "min-replicas-max-lag"
	OptionDownAfter       = "down-after"
	OptionFailoverTimeout = "failover-timeout"
)

// Names of the options that concern the clients.
const (
	optionTimeout     = "timeout" // of the lock, see lockOptions
	optionWait        = "wait"
	optionWaitTimeout = "wait-timeout"
)

// lockOptions are the options of the lock on a single instance.
var lockOptions = []string{"elapsed-check", "renew", "timeout", "retry", "plain-del"}

// Backend is the lock behind Sentinel as a backends.Backend.
type Backend struct{}

var _ backends.Checked = Backend{}

// Name is "sentinel".
func (Backend) Name() string { return "sentinel" }

// Title describes it in one line.
func (Backend) Title() string {
	return "Redis with failover: asynchronous replicas, a new master by Sentinel"
}

// Options lists those of the lock, then those of the servers and the Sentinels. Sentinel's
// published times (down-after 30 s, failover-timeout 180 s) suit services and outlast a trial, so
// the defaults are in units of the lease, in the proportion of the documented example (60 s and 180
// s).
func (Backend) Options() []backends.Option {
	var list []backends.Option
	for _, o := range (redis.Backend{}).Options() {
		if slices.Contains(lockOptions, o.Name) {
			list = append(list, o)
		}
	}
	return append(list,
		backends.Option{Name: OptionReplicas, Kind: backends.Int, Default: "1", Min: 1, Max: 5,
			Doc: "how many replicas the master has at first"},
		backends.Option{Name: OptionSentinels, Kind: backends.Int, Default: "3", Min: 1, Max: 9,
			Doc: "how many Sentinels watch; more than half of them must vote for whoever fails over"},
		backends.Option{Name: OptionQuorum, Kind: backends.Int, Default: "0", Min: 0, Max: 9,
			Doc: "how many Sentinels must find the master down; 0: more than half"},
		backends.Option{Name: OptionLag, Kind: backends.Duration, Default: "0.001ttl",
			Doc: "how long a write waits on the master before it is sent to the replicas"},
		backends.Option{Name: OptionMinReplicas, Kind: backends.Int, Default: "0", Min: 0, Max: 5,
			Doc: "the master refuses writes unless so many replicas have reported lately"},
		backends.Option{Name: OptionMaxLag, Kind: backends.Duration, Default: "10s", Least: backends.NotZero,
			Doc: "what lately means for min-replicas-to-write"},
		backends.Option{Name: optionWait, Kind: backends.Int, Default: "0", Min: 0, Max: 5,
			Doc: "after SET or SADD, WAIT until so many replicas have the write; else the lock is given back, and the element does not count as acknowledged"},
		backends.Option{Name: optionWaitTimeout, Kind: backends.Duration, Default: "0.1ttl", Least: time.Millisecond, Awaited: true,
			Doc: "how long WAIT waits"},
		backends.Option{Name: OptionDownAfter, Kind: backends.Duration, Default: "0.5ttl", Least: time.Millisecond, Awaited: true,
			Doc: "silence after which a Sentinel takes a server for down (published: 30s)"},
		backends.Option{Name: OptionFailoverTimeout, Kind: backends.Duration, Default: "1.5ttl", Least: time.Millisecond, Awaited: true,
			Doc: "limit of each step of a failover; another try begins after twice as long (published: 180s)"},
	)
}

// Check returns an error unless there are enough Sentinels for the quorum and enough replicas for
// WAIT. It allows min-replicas-to-write to exceed the number of replicas: people make that mistake,
// and the master reports it.
func (Backend) Check(s backends.Settings) *backends.Misfit {
	d := Deploy(s)
	if d.Quorum > len(d.Sentinels) {
		return &backends.Misfit{Option: OptionQuorum, Found: fmt.Sprintf("%d, and there are %d Sentinels", d.Quorum, len(d.Sentinels)), Expected: "at most that many"}
	}
	if wait, replicas := s.Int(optionWait), len(d.Servers)-1; wait > replicas {
		return &backends.Misfit{Option: optionWait, Found: fmt.Sprintf("%d, and the number of replicas is %d", wait, replicas), Expected: "at most that"}
	}
	return nil
}

// IssuesTokens is true: a counter on the master provides fencing tokens. It is replicated like
// everything else, so tokens may repeat after a failover.
func (Backend) IssuesTokens() bool { return true }

// Servers lists the master, the replicas, and the Sentinels.
func (Backend) Servers(s backends.Settings) []sim.HostID {
	d := Deploy(s)
	return slices.Concat(d.Servers, d.Sentinels)
}

// Parts are the master and the replicas. The Sentinels among the hosts play neither.
func (Backend) Parts(backends.Settings) []sim.Role { return []sim.Role{sim.Master, sim.Replica} }

// Renews is the same as with a single instance.
func (Backend) Renews(s backends.Settings) bool { return redis.Backend{}.Renews(s) }

// Never is the same as with a single instance.
func (Backend) Never(s backends.Settings) []sim.Kind { return redis.Never(s) }

// Copies marks a service whose replicas also have the lock's key.
func (Backend) Copies() {}
