//go:build !linux

package services

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/backends/zookeeper"
)

// services lists the lock services, as they run in the virtual world.
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
		etcd.Backend{},
		zookeeper.Backend{},
		zookeeper.Backend{Profile: zookeeper.GoZookeeper},
	}
}
