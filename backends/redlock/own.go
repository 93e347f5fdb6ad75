package redlock

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
)

// ClientOptions names the options that each client sets for itself; the others concern the servers.
func (b Backend) ClientOptions() []string {
	return backends.OptionsBut(b, optionNodes, optionQuorum, redis.DurabilityOption().Name, redis.RestartDelayOption().Name)
}
