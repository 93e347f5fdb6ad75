//go:build !js

package redis

import "github.com/locklab/locklab/backends"

var _ backends.Installed = Backend{}

// serverVar has the path of the server, in place of the one on the PATH.
const serverVar = "LOCKLAB_REDIS_SERVER"

// ServerFlag names a redis-server, for all that stands on Redis.
func (Backend) ServerFlag() backends.ServerFlag {
	return backends.ServerFlag{
		Name: "redis-server", Usage: "path of the redis-server to use", Default: "the one on the PATH",
		Variable: serverVar, Check: backends.IsProgram,
	}
}
