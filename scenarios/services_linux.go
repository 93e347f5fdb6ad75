//go:build linux

package scenarios

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	etcdlive "github.com/locklab/locklab/backends/etcd/live"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/backends/zookeeper"
	zookeeperlive "github.com/locklab/locklab/backends/zookeeper/live"
)

// services lists the lock services, as they run in either world.
func services() backends.Registry {
	return backends.Registry{
		control.None{},
		control.Perfect{},
		redis.Backend{},
		redis.Backend{Profile: redis.Redislock},
		redlock.Backend{},
		redlock.Backend{Profile: redlock.Reference},
		redlock.Backend{Profile: redlock.Redsync},
		sentinel.Backend{},
		etcdlive.Backend{},
		zookeeperlive.Backend{},
		zookeeperlive.Backend{Backend: zookeeper.Backend{Profile: zookeeper.GoZookeeper}},
	}
}
