// Package etcd is the lock of etcd's own client library: a key under a lease, in the order of
// create revisions (client/v3/concurrency, Session and Mutex).
package etcd

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
)

// Names of options that real servers and connections are set up by.
const (
	OptionLeadership = "leadership-check-on-revoke"
	OptionElection   = "election-timeout"
	OptionTCP        = "tcp-keep-alive"
)

// Names of the other options.
const (
	optionNodes      = "nodes"
	optionTimeout    = "timeout"
	optionRecheck    = "recheck"
	optionCompare    = "unlock-compares-revision"
	optionFromSend   = "deadline-from-send"
	optionServer     = "server-lease"
	optionToken      = "token-from"
	optionScan       = "renew-scan"
	optionWatchAgain = "watch-again"
	optionUnlocks    = "unlock-tries"
	optionOnce       = "keep-alive-once"
)

// What the fencing token is made from.
const (
	fromRevision = "create-revision"
	fromLease    = "lease-id"
)

// How long a member goes without a leader before it stands for election: etcd's default, and the
// shortest time that proved safe with real members on two busy cores. The shortest lease is 2 s
// with the former and 1 s with the latter.
const (
	electionDefault = "1000ms"
	ElectionQuick   = "500ms"
)

// TimingOf returns the election timeout and the heartbeat, which is a tenth of it as in etcd's
// default.
func TimingOf(s backends.Settings) consensus.Timing {
	if s.Choice(OptionElection) == ElectionQuick {
		return consensus.Timing{Election: 500 * time.Millisecond, Heartbeat: 50 * time.Millisecond}
	}
	return consensus.Timing{Election: time.Second, Heartbeat: 100 * time.Millisecond}
}

// Backend is the lock on an etcd cluster as a backends.Backend.
type Backend struct{}

var _ backends.Syncing = Backend{}

// Name is "etcd".
func (Backend) Name() string { return "etcd" }

// Title describes it in one line.
func (Backend) Title() string { return "etcd: a lease, and the lowest create revision holds" }

// Options lists the points on which versions differ, and possible improvements.
func (Backend) Options() []backends.Option {
	return []backends.Option{
		{Name: optionNodes, Kind: backends.Int, Default: "3", Min: 1, Max: 9,
			Doc: "how many members the cluster has"},
		{Name: optionTimeout, Kind: backends.Duration, Default: "0s", Awaited: true,
			Doc: "how long a call waits for its answer before it tries the next member; 0s: as long as the caller waits for the lock, or one lease for a release, as the client library does with its caller's context"},
		{Name: optionScan, Kind: backends.Duration, Default: renewScan.String(),
			Doc: "how often the client looks for leases of which a third is over; 0s: it renews each at exactly a third"},
		{Name: optionWatchAgain, Kind: backends.Switch, Default: "off",
			Doc: "a waiter that hears nothing looks again after the timeout, or half a lease; off: it relies on its watch alone, as in all versions"},
		{Name: optionOnce, Kind: backends.Switch, Default: "off",
			Doc: "each renewal is a call of its own, which goes to the next member (KeepAliveOnce); off: all of them go over one stream, as those of the library's sessions do"},
		{Name: optionUnlocks, Kind: backends.Int, Default: "1", Min: 1, Max: 9,
			Doc: "how often an unlock is tried that gets no answer, each time at the next member; the library tries once and leaves the rest to its users"},
		{Name: OptionTCP, Kind: backends.Duration, Default: "2h", Least: time.Second,
			Doc: "how long a connection is silent before the kernel looks whether it is dead (2h: Linux, and the client library on gRPC from 1.60 on; 15s: Go, and so gRPC before)"},
		{Name: optionRecheck, Kind: backends.Switch, Default: "on",
			Doc: "a waiter makes sure that its own key is still there (client 3.5.0 and later); off: 3.4"},
		{Name: OptionLeadership, Kind: backends.Switch, Default: "on",
			Doc: "a leader makes sure that it still leads before it ends leases (3.4.31, 3.5.13 and later); off: before"},
		{Name: OptionElection, Kind: backends.Choice, Default: electionDefault, Choices: []string{electionDefault, ElectionQuick},
			Doc: "how long a member does without a leader before it stands for election; locklab's own live clusters have 500ms unless told otherwise"},
		{Name: optionCompare, Kind: backends.Switch, Default: "off",
			Doc: "unlock deletes the key only at the revision that it was taken at; off: by name, as in all versions up to 3.6"},
		{Name: optionFromSend, Kind: backends.Switch, Default: "off",
			Doc: "the client counts its lease from before each request and looks at the clock itself; no version does"},
		{Name: optionServer, Kind: backends.Duration, Default: "0s",
			Doc: "the key is under a lease of this length that the server makes and nobody renews, as for Lock of the gRPC service without a lease (published: 60s); 0s: under one of the client's own"},
		{Name: optionToken, Kind: backends.Choice, Default: fromRevision, Choices: []string{fromRevision, fromLease},
			Doc: "what the fencing token is: the create revision of the key, or the id of its lease, as in etcd's example of a locked storage (contrib/lock)"},
	}
}

// IssuesTokens is true: the create revision of the lock's key is one.
func (Backend) IssuesTokens() bool { return true }

// tokenOf returns the function that makes a fencing token. The create revision rises with every
// grant. A lease id shows at best when a session began, which is not when it got the lock, and all
// locks of the session share it (E11).
func tokenOf(s backends.Settings) func(Key) uint64 {
	if LeaseTokens(s) {
		return LeaseToken
	}
	return func(k Key) uint64 { return k.Created }
}

// LeaseTokens reports whether the fencing token is a lease's id.
func LeaseTokens(s backends.Settings) bool { return s.Choice(optionToken) == fromLease }

// LeaseToken makes a fencing token of the lease's id.
func LeaseToken(k Key) uint64 { return k.Lease }

// Servers are the members, etcd-1 first.
func (Backend) Servers(s backends.Settings) []sim.HostID {
	var ids []sim.HostID
	for i := range s.Int(optionNodes) {
		ids = append(ids, sim.HostID(fmt.Sprintf("etcd-%d", i+1)))
	}
	return ids
}

// Presumes is true if the client does not check for its own key once those before it are gone (J3).
func (Backend) Presumes(s backends.Settings) bool { return !s.On(optionRecheck) }

// Syncs returns nil: a member syncs its log before it counts.
func (Backend) Syncs(backends.Settings) error { return nil }

// Parts are those of an elected leader and its majority.
func (Backend) Parts(s backends.Settings) []sim.Role {
	return backends.ElectedParts(s.Int(optionNodes))
}

// Renews reports whether clients keep their leases alive. They do not if the server makes them.
func (Backend) Renews(s backends.Settings) bool { return s.Span(optionServer) == 0 }

// Never lists the events of independent nodes and, if the server makes the lease and nobody keeps
// it alive, renewals.
func (Backend) Never(s backends.Settings) []sim.Kind {
	never := backends.NodeKinds()
	if s.Span(optionServer) > 0 {
		never = append(never, backends.WithoutRenewal()...)
	}
	return never
}
