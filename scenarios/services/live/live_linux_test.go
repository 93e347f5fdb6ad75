package live

import (
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/services"
)

// Each of locklab's own lock services, and each library, can be run on real servers.
func TestEveryLockServiceRunsLive(t *testing.T) {
	for _, b := range services.Registry() {
		if _, is := b.(backends.Live); !is {
			t.Errorf("%s cannot be run live", b.Name())
		}
	}
}
