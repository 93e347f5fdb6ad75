package zookeeper

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

// stage is an ensemble and some clients with a lock on it. Its stories leave out renewals, and show
// times in milliseconds, tokens as epoch:index, and znodes as letters.
type stage struct{ *locktest.Stage }

func newStage(t rapid.TB, seed uint64, spec string, clients ...sim.HostID) stage {
	t.Helper()
	return stageUnder(t, ttl, seed, spec, clients...)
}

// stageUnder is newStage under another lease.
func stageUnder(t rapid.TB, lease time.Duration, seed uint64, spec string, clients ...sim.HostID) stage {
	t.Helper()
	b, set := locktest.Parse(t, spec, lease, true, Backend{}, Backend{Profile: GoZookeeper})
	s := stage{locktest.NewStage(t, b, set, seed, clients...)}
	s.Story = locktest.Story{
		Round: time.Millisecond, Letters: true, Freers: true, Without: []sim.Kind{sim.Renewed},
		Token: func(token uint64) string {
			if epoch := token >> 32; epoch != 0 {
				return fmt.Sprintf("%d:%d", epoch, uint32(token))
			}
			return fmt.Sprint(token)
		},
	}
	return s
}

// leader returns the server that leads at this moment.
func (s stage) leader() *virtual.Host {
	s.T.Helper()
	leaders := s.World.Role(sim.Leader)
	if len(leaders) != 1 {
		s.T.Fatalf("at %v there is no leader", s.World.Now())
	}
	return s.World.Host(leaders[0])
}
