// Package zookeeper is the lock recipe of ZooKeeper: each client has an ephemeral sequential znode,
// the lowest one holds the lock, and each waiter watches only the one before it.
//
// The model follows the ZooKeeper documentation ("ZooKeeper Recipes and Solutions", "ZooKeeper
// Sessions") and the sources of ZooKeeper 3.4 to 3.9 and go-zookeeper 1.0. Its atomic broadcast is
// package consensus instead of Zab: for a lock, what counts is that both put all changes into one
// order that survives a minority of the servers.
package zookeeper

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Names of options that real servers and their observers are set up by.
const (
	OptionTick      = "tick"
	OptionSyncLimit = "sync-limit"
	OptionWallClock = "wall-clock-sessions"
	OptionToken     = "token-from"
	OptionContainer = "container-parent"
	OptionReap      = "container-check"
)

// Names of the other options.
const (
	optionServers  = "servers"
	optionGiveUp   = "give-up-at"
	optionCheck    = "check-own-node"
	optionTimeout  = "timeout"
	optionProtect  = "protect"
	optionTries    = "create-tries"
	optionCleanup  = "cleanup"
	optionDeadline = "deadline-from"
)

// When the client takes the lock for lost.
const (
	atDisconnected = "disconnected" // when it has not heard from ZooKeeper for 2/3 of the session
	atExpired      = "expired"      // when ZooKeeper tells it that the session is over
	atNever        = "never"        // never: the session's events go unread
)

// Who deletes the znode that a failed try or a failed release left behind.
const (
	cleanForever = "forever" // the client, until it is certainly gone
	cleanOnce    = "once"    // the client, in one attempt
	cleanOff     = "off"     // nobody; it goes with the session
)

// The event from which a client that stops at Disconnected counts two thirds of the session.
const (
	fromAnswer = "answer" // the latest message from its server was read
	fromSend   = "send"   // the latest request that got an answer was sent
)

// What the fencing token is made from.
const (
	fromCzxid    = "czxid"
	fromSequence = "sequence"
	fromVersion  = "version"
)

// Backend is the lock on ZooKeeper as a backends.Backend. The zero Backend is the recipe; a Profile
// makes it behave as a library does.
type Backend struct{ Profile Profile }

var (
	_ backends.Checked  = Backend{}
	_ backends.Profiled = Backend{}
)

// Name is "zookeeper", or "zookeeper-" and the profile.
func (b Backend) Name() string {
	if b.Profile == Recipe {
		return "zookeeper"
	}
	return "zookeeper-" + string(b.Profile)
}

// Service is "zookeeper", of which a profile is a set of options.
func (Backend) Service() string { return Backend{}.Name() }

// Title describes it in one line.
func (b Backend) Title() string { return b.Profile.facts().title }

// Options lists the points on which deployments and clients differ. The session's timeout is the
// trial's lease. Tick and sync limit are published as 2 s and 5 ticks, with a session of 10 s.
func (b Backend) Options() []backends.Option {
	f := b.Profile.facts()
	return []backends.Option{
		{Name: optionServers, Kind: backends.Int, Default: "3", Min: 1, Max: 9,
			Doc: "how many servers the ensemble has"},
		{Name: OptionTick, Kind: backends.Duration, Default: "0.2ttl", Least: time.Millisecond,
			Doc: "tickTime: sessions end at whole ticks; the session must be 2 to 20 of them"},
		{Name: OptionSyncLimit, Kind: backends.Duration, Default: "0.3ttl", Least: 10 * time.Millisecond, Awaited: true,
			Doc: "how long a server serves without its leader or majority (sample configuration: 1ttl); above 0.33ttl clients believe too long, and below it by no more than what an answer takes"},
		{Name: OptionWallClock, Kind: backends.Switch, Default: "off",
			Doc: "sessions end by the leader's wall clock, as in the stable ZooKeeper up to 3.4.10"},
		{Name: optionGiveUp, Kind: backends.Choice, Default: f.giveUp, Choices: []string{atDisconnected, atExpired, atNever},
			Doc: "when the client takes the lock for lost: unheard for 2/3 of the session, or told that it has expired, or never (go-zookeeper's Lock, whose users must read the session's events themselves)"},
		{Name: optionDeadline, Kind: backends.Choice, Default: fromAnswer, Choices: []string{fromAnswer, fromSend},
			Doc: "what those two thirds are counted from: when the server was heard last, as the client libraries do, or when the request was sent that it answered last"},
		{Name: optionCheck, Kind: backends.Switch, Default: f.check,
			Doc: "make sure that the own znode is still there (Curator); off: go-zookeeper, which never looks"},
		{Name: optionProtect, Kind: backends.Switch, Default: "on",
			Doc: "the znode's name begins with a GUID, by which it is found if the answer to its creation is lost (Curator's protection); off: it stays until the session ends"},
		{Name: optionTries, Kind: backends.Int, Default: f.tries, Min: 1, Max: 100,
			Doc: "how often a create is sent whose connection was lost; with more than one try, the znode is looked for in between and taken"},
		{Name: optionCleanup, Kind: backends.Choice, Default: f.cleanup, Choices: []string{cleanForever, cleanOnce, cleanOff},
			Doc: "what is done about the znode that a failed try or release has left: it is deleted for as long as it takes (Curator's guaranteed delete), in one attempt, or not at all (go-zookeeper, whose users can only end the session)"},
		{Name: OptionToken, Kind: backends.Choice, Default: fromCzxid, Choices: []string{fromCzxid, fromSequence, fromVersion},
			Doc: "what the fencing token is: the znode's czxid, its sequence number plus one, or its version plus one (0 means none)"},
		{Name: OptionContainer, Kind: backends.Switch, Default: "off",
			Doc: "the lock's parent is a container (Curator): removed when empty, so sequence numbers begin again"},
		{Name: OptionReap, Kind: backends.Duration, Default: "0.2ttl", Least: time.Millisecond,
			Doc: "how often the leader looks for empty containers (published: 60s)"},
		{Name: optionTimeout, Kind: backends.Duration, Default: f.timeout, Least: backends.NotZero, Awaited: true,
			Doc: "how long a call waits for its answer when the client does not wait longer anyway"},
	}
}

// Check compares the session with the ticks: an ensemble gives every client a session of 2 to 20
// ticks, whatever it asks for.
func (Backend) Check(s backends.Settings) *backends.Misfit {
	least, most := (s.TTL+19)/20, s.TTL/2
	if tick := s.Span(OptionTick); tick < least || tick > most {
		return &backends.Misfit{Option: OptionTick, Found: fmt.Sprintf("%v with a lease of %v", tick, s.TTL), Expected: fmt.Sprintf("%v to %v: a session lasts 2 to 20 ticks", least, most)}
	}
	return nil
}

// IssuesTokens is true: all changes are in one order.
func (Backend) IssuesTokens() bool { return true }

// Servers are zk-1 to zk-N.
func (Backend) Servers(s backends.Settings) []sim.HostID {
	var ids []sim.HostID
	for i := range s.Int(optionServers) {
		ids = append(ids, ServerID(i+1))
	}
	return ids
}

// ServerID names the host of a server; n counts from 1.
func ServerID(n int) sim.HostID { return sim.HostID(fmt.Sprintf("zk-%d", n)) }

// Presumes is true if the client does not look for its own znode among those that are left (Z9).
func (Backend) Presumes(s backends.Settings) bool { return !s.On(optionCheck) }

// Parts are those of an elected leader and its majority.
func (Backend) Parts(s backends.Settings) []sim.Role {
	return backends.ElectedParts(s.Int(optionServers))
}

// Syncs says that servers wait for no disk: the real ones run with forceSync=no, and the model's
// disk takes no time. With forceSync=yes a leader whose disk stalls would still ping and commit
// what a majority of the others has logged, as its log has a thread of its own
// (SyncRequestProcessor).
func (Backend) Syncs(backends.Settings) error {
	return errors.New("locklab's servers of ZooKeeper run with forceSync=no and wait for no disk")
}

// Renews returns true: clients keep their sessions alive, even if they ignore what becomes of them.
func (Backend) Renews(backends.Settings) bool { return true }

// Never lists the events of independent nodes, and those that a client does not record because it
// waits for the end of its session or ignores even that. Its sessions are renewed all the same.
func (Backend) Never(s backends.Settings) []sim.Kind {
	never := backends.NodeKinds()
	switch s.Choice(optionGiveUp) {
	case atExpired:
		never = append(never, sim.Renewed)
	case atNever:
		never = append(never, sim.Renewed, sim.Lost)
	}
	return never
}
