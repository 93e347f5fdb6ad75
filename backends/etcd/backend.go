// Package etcd is the lock of etcd's own client library: a key under a lease, in the order
// of create revisions (client/v3/concurrency, Session and Mutex).
package etcd

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/consensus"
	"github.com/locklab/locklab/sim"
)

// The options, by name.
const (
	optionNodes      = "nodes"
	optionTimeout    = "timeout"
	optionRecheck    = "recheck"
	optionLeadership = "leadership-check-on-revoke"
	optionCompare    = "unlock-compares-revision"
	optionFromSend   = "deadline-from-send"
)

// timing is etcd's default: an election timeout of 1000 ms and a heartbeat of 100 ms.
var timing = consensus.Timing{Election: time.Second, Heartbeat: 100 * time.Millisecond}

// Backend is the lock on an etcd cluster as a backends.Backend.
type Backend struct{}

var _ backends.Backend = Backend{}

// Name is "etcd".
func (Backend) Name() string { return "etcd" }

// Title says in one line what it is.
func (Backend) Title() string { return "etcd: a lease, and the lowest create revision holds" }

// Options lists what versions differ in, and what they might do better.
func (Backend) Options() []backends.Option {
	return []backends.Option{
		{Name: optionNodes, Kind: backends.Int, Default: "3", Min: 1, Max: 9,
			Doc: "how many members the cluster has"},
		{Name: optionTimeout, Kind: backends.Duration, Default: "0.5ttl",
			Doc: "how long a call waits for its answer before it tries the next member"},
		{Name: optionRecheck, Kind: backends.Switch, Default: "on",
			Doc: "a waiter makes sure that its own key is still there (client 3.5.0 and later); off: 3.4"},
		{Name: optionLeadership, Kind: backends.Switch, Default: "on",
			Doc: "a leader makes sure that it still leads before it ends leases (3.4.31, 3.5.13 and later); off: before"},
		{Name: optionCompare, Kind: backends.Switch, Default: "off",
			Doc: "unlock deletes the key only at the revision that it was taken at; off: by name, as in all versions up to 3.6"},
		{Name: optionFromSend, Kind: backends.Switch, Default: "off",
			Doc: "the client counts its lease from before each request and looks at the clock itself; no version does"},
	}
}

// IssuesTokens is true: the create revision of the lock's key is one.
func (Backend) IssuesTokens() bool { return true }

// Servers are the members, etcd-1 first.
func (Backend) Servers(s backends.Settings) []sim.HostID {
	var ids []sim.HostID
	for i := range s.Int(optionNodes) {
		ids = append(ids, sim.HostID(fmt.Sprintf("etcd-%d", i+1)))
	}
	return ids
}
