package scenarios

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/backends/zookeeper"
)

// Registry lists the lock services that exist, in the order of tables: first the two
// controls, then the real ones, then libraries as they are.
func Registry() backends.Registry {
	services := backends.Registry{
		control.None{}, control.Perfect{}, redis.Backend{}, redis.Backend{Profile: redis.Redislock},
		redlock.Backend{}, redlock.Backend{Profile: redlock.Reference}, redlock.Backend{Profile: redlock.Redsync},
		sentinel.Backend{},
		etcd.Backend{},
		zookeeper.Backend{}, zookeeper.Backend{Profile: zookeeper.GoZookeeper},
	}
	return append(services, lib.Backends()...)
}

// Everything is what a scenario may refer to.
func Everything() Known {
	k := Known{Registry: Registry()}
	for _, g := range ledger.Guards() {
		k.Guards = append(k.Guards, string(g))
	}
	return k
}
