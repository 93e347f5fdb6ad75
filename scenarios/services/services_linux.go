//go:build linux

package services

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	etcdlive "github.com/locklab/locklab/backends/etcd/live"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/redlock"
	redlocklive "github.com/locklab/locklab/backends/redlock/live"
	sentinellive "github.com/locklab/locklab/backends/sentinel/live"
	"github.com/locklab/locklab/backends/zookeeper"
	zookeeperlive "github.com/locklab/locklab/backends/zookeeper/live"
)

// services lists the lock services, as they run in either world.
func services() backends.Registry {
	return backends.Registry{
		control.None{},
		control.Perfect{},
		redislive.Backend{},
		redislive.Backend{Backend: redis.Backend{Profile: redis.Redislock}},
		redlocklive.Backend{},
		redlocklive.Backend{Backend: redlock.Backend{Profile: redlock.Reference}},
		redlocklive.Backend{Backend: redlock.Backend{Profile: redlock.Redsync}},
		sentinellive.Backend{},
		etcdlive.Backend{},
		zookeeperlive.Backend{},
		zookeeperlive.Backend{Backend: zookeeper.Backend{Profile: zookeeper.GoZookeeper}},
	}
}
