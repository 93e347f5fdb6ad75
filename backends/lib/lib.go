// Package lib runs lock libraries as people use them, instead of locklab's own clients: the
// servers, the observers and the account are the same, and the library does the rest. Whatever it
// does not tell its users, it does not tell locklab either.
//
// A library brings its own connections, goroutines and clocks, so it runs only against real
// servers, never in the virtual world.
package lib

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
)

// Library is a library that contains a lock.
type Library string

// The libraries.
const (
	Redsync   Library = "redsync"
	Redislock Library = "redislock"
	EtcdMutex Library = "etcd-mutex"
	ZKLock    Library = "zk-lock"
)

// Prefix begins the names of the backends of this package.
const Prefix = "lib/"

// Option names.
const (
	optionNodes = "nodes" // redlock's name for it
	OptionRenew = "renew"
	OptionTCP   = "tcp-keep-alive" // etcd's name for it
)

// The backends that stand in for the libraries in the virtual world.
const (
	profileRedsync   = "redlock-redsync"
	profileRedislock = "redis-redislock"
	profileEtcdMutex = "etcd"
	profileZKLock    = "zookeeper-go"
)

// Backend is a library as a backends.Backend.
type Backend struct{ Library Library }

var (
	_ backends.Modelled = Backend{}
	_ backends.Keeping  = Backend{}
)

// Backends lists all libraries, in the order of tables.
func Backends() []backends.Backend {
	return []backends.Backend{Backend{Redislock}, Backend{Redsync}, Backend{EtcdMutex}, Backend{ZKLock}}
}

// facts describe a library.
type facts struct {
	title   string
	service backends.Backend // provides its servers and observers
	profile string           // the backend that stands in for it in the virtual world
	options []backends.Option
	tokens  bool
}

func (b Backend) facts() facts {
	switch b.Library {
	case Redsync:
		return facts{
			title:   "go-redsync/redsync: Redlock in Go, on go-redis",
			service: redlock.Backend{}, profile: profileRedsync,
			options: []backends.Option{{Name: optionNodes, Kind: backends.Int, Default: "5", Min: 1, Max: 99,
				Doc: "how many independent servers there are"}},
		}
	case Redislock:
		return facts{
			title:   "bsm/redislock: a lock on a single Redis, on go-redis",
			service: redis.Backend{}, profile: profileRedislock,
			options: []backends.Option{{Name: OptionRenew, Kind: backends.Switch, Default: "off",
				Doc: "call Refresh every third of the lease; the library leaves that to its users"}},
		}
	case EtcdMutex:
		return facts{
			title: "etcd client/v3/concurrency: Session and Mutex", service: etcd.Backend{}, profile: profileEtcdMutex, tokens: true,
			options: []backends.Option{{Name: OptionTCP, Kind: backends.Duration, Default: "2h", Least: time.Second,
				Doc: "how long a connection is silent before the kernel looks whether it is dead (2h: Linux, and the library on gRPC from 1.60 on; 15s: Go, and so gRPC before)"}},
		}
	case ZKLock:
		return facts{title: "go-zookeeper/zk: Lock", service: zookeeper.Backend{}, profile: profileZKLock, tokens: true}
	}
	panic(fmt.Sprintf("there is no library %q", b.Library))
}

// Name is "lib/" and the library.
func (b Backend) Name() string { return Prefix + string(b.Library) }

// Title describes it in one line.
func (b Backend) Title() string { return b.facts().title }

// Options lists what users of the library can choose.
func (b Backend) Options() []backends.Option { return b.facts().options }

// Profile names the backend that stands in for the library in the virtual world.
func (b Backend) Profile() string { return b.facts().profile }

// IssuesTokens reports whether its users can get a fencing token without adding one themselves: the
// create revision from etcd, the czxid from ZooKeeper.
func (b Backend) IssuesTokens() bool { return b.facts().tokens }

// Keeps lists the guards of an account that the library's service keeps: the client of etcd is also
// a library for transactions.
func (b Backend) Keeps() []ledger.Guard {
	if b.Library != EtcdMutex {
		return nil
	}
	return etcd.Backend{}.Keeps()
}

// Servers are those of the service.
func (b Backend) Servers(s backends.Settings) []sim.HostID {
	service := b.facts().service
	return service.Servers(s.For(service))
}

// Parts are those of the service.
func (b Backend) Parts(s backends.Settings) []sim.Role {
	service := b.facts().service
	return service.Parts(s.For(service))
}

// Syncs says why the service's servers do not wait for their disks; nil means they do.
func (b Backend) Syncs(s backends.Settings) error {
	service := b.facts().service
	return backends.Syncs(service, s.For(service))
}

// Renews says whether the library keeps leases alive, or has a user who does.
func (b Backend) Renews(s backends.Settings) bool {
	switch b.Library {
	case Redsync:
		return false
	case Redislock:
		return s.On(OptionRenew)
	case EtcdMutex, ZKLock:
		return true
	}
	panic(fmt.Sprintf("there is no library %q", b.Library))
}

// Never lists what the library's users are never told, and what the service never does.
func (b Backend) Never(s backends.Settings) []sim.Kind {
	switch b.Library {
	case Redsync: // renews nothing by itself
		return backends.WithoutRenewal()
	case Redislock:
		if s.On(OptionRenew) {
			return backends.NodeKinds()
		}
		return append(backends.NodeKinds(), backends.WithoutRenewal()...)
	case EtcdMutex: // renews silently, and reports the end
		return append(backends.NodeKinds(), sim.Renewed)
	case ZKLock: // reports nothing once it has returned
		return append(backends.NodeKinds(), sim.Renewed, sim.Lost)
	}
	panic(fmt.Sprintf("there is no library %q", b.Library))
}
