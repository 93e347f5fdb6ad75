package live

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	etcdlive "github.com/locklab/locklab/backends/etcd/live"
	"github.com/locklab/locklab/backends/lib"
	liblive "github.com/locklab/locklab/backends/lib/live"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/redlock"
	redlocklive "github.com/locklab/locklab/backends/redlock/live"
	"github.com/locklab/locklab/backends/sentinel"
	sentinellive "github.com/locklab/locklab/backends/sentinel/live"
	"github.com/locklab/locklab/backends/zookeeper"
	zookeeperlive "github.com/locklab/locklab/backends/zookeeper/live"
	"github.com/locklab/locklab/scenarios/services"

	_ "modernc.org/sqlite" // the driver of the account, without cgo
)

func init() { services.OnRealServers(onServers) }

// onServers returns the same lock service, able to run on real servers as well.
func onServers(b backends.Backend) backends.Backend {
	switch b := b.(type) {
	case redis.Backend:
		return redislive.Backend{Backend: b}
	case redlock.Backend:
		return redlocklive.Backend{Backend: b}
	case sentinel.Backend:
		return sentinellive.Backend{Backend: b}
	case etcd.Backend:
		return etcdlive.Backend{Backend: b}
	case zookeeper.Backend:
		return zookeeperlive.Backend{Backend: b}
	case lib.Backend:
		return liblive.Backend{Backend: b}
	}
	return b // the controls are programs of locklab's own
}
