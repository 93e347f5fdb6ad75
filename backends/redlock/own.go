package redlock

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
)

// ClientOptions names what each client decides by itself; the others are about the servers.
func (b Backend) ClientOptions() []string {
	return backends.OptionsBut(b, optionNodes, optionQuorum, redis.DurabilityOption().Name, redis.RestartDelayOption().Name)
}
