// Package services lists the lock services that scripts can name, and the sets of them.
package services

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/backends/redlock"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/scenarios/strict"
)

// own lists locklab's own lock services: the two controls, then the real services.
var own = backends.Registry{
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

// registered holds the lock services of a program that uses locklab as a library.
var registered backends.Registry

// Register adds lock services to Registry. Call it at the start of a program, before anything is
// loaded or run. It returns an error if a name is not valid or is already taken by a lock service
// or a set; the services before that one stay registered.
func Register(services ...backends.Backend) error {
	for _, b := range services {
		if !strict.IsName(b.Name()) {
			return fmt.Errorf("lock service name %q: expected lower-case letters, digits and hyphens", b.Name())
		}
		if _, is := Named(b.Name()); is {
			return fmt.Errorf("%s is the name of a set of lock services; give yours another name", b.Name())
		}
		if _, err := Registry().Find(b.Name()); err == nil {
			return fmt.Errorf("a lock service named %s already exists; give yours another name", b.Name())
		}
		registered = append(registered, b)
	}
	return nil
}

// onServers makes a lock service or a library able to run on real servers; nil: this program cannot.
var onServers func(backends.Backend) backends.Backend

// OnRealServers is for package scenarios/services/live, and called before anything else: wrap returns
// a lock service, or a library, as it runs on real servers.
func OnRealServers(wrap func(backends.Backend) backends.Backend) { onServers = wrap }

// HaveRealServers reports whether lock services can run on real servers, as far as it depends on what
// is linked into this program.
func HaveRealServers() bool { return onServers != nil }

// Registry lists all lock services in the order of tables: locklab's own, then the libraries as they
// are, then those added by Register.
func Registry() (all backends.Registry) {
	all = slices.Concat(own, lib.Backends())
	if onServers != nil {
		for i, b := range all {
			all[i] = onServers(b)
		}
	}
	return append(all, registered...)
}
