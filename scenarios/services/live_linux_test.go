package services

import (
	"testing"

	"github.com/locklab/locklab/backends"
)

// Each of locklab's own lock services can be run on real servers.
func TestEveryLockServiceRunsLive(t *testing.T) {
	for _, b := range own {
		if l := live(b); l.Name() != b.Name() {
			t.Errorf("%s is called %s live", b.Name(), l.Name())
		} else if _, is := l.(backends.Live); !is {
			t.Errorf("%s cannot be run live", b.Name())
		}
	}
}
