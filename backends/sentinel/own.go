package sentinel

import (
	"slices"

	"github.com/locklab/locklab/backends/redis"
)

// ClientOptions names the options that each client sets for itself: those of the lock, and how it
// waits for replicas.
func (Backend) ClientOptions() []string {
	return append(slices.DeleteFunc(redis.Backend{}.ClientOptions(), func(name string) bool { return !slices.Contains(lockOptions, name) }),
		optionWait, optionWaitTimeout)
}
