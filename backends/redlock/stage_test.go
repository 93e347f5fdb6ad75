package redlock

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

var profiles = []Backend{{}, {Profile: Reference}, {Profile: Redsync}}

// stage is some Redis servers and some clients with a lock on them. Its stories show random values
// as letters.
type stage struct{ *locktest.Stage }

func newStage(t rapid.TB, spec string, clients ...sim.HostID) stage {
	t.Helper()
	b, set := settings(t, spec)
	s := stage{locktest.NewStage(t, b, set, 1, clients...)}
	s.Story = locktest.Story{Letters: true}
	return s
}

func settings(t rapid.TB, spec string) (Backend, backends.Settings) {
	t.Helper()
	return locktest.Parse(t, spec, ttl, false, profiles...)
}

// node returns a server, counted from 1.
func (s stage) node(n int) *virtual.Host { return s.World.Host(s.Servers[n-1]) }

// cut separates a client from servers, counted from 1.
func (s stage) cut(client sim.HostID, nodes ...int) {
	for _, n := range nodes {
		s.Cut(client, s.Servers[n-1])
	}
}

// expectOverlap runs the world and checks whether two clients held leases that were valid by their
// own clocks, and how often the lock was acquired.
func (s stage) expectOverlap(want check.Verdict, acquired int) {
	s.T.Helper()
	locktest.ExpectOverlap(s.T, s.Run(time.Minute), want, acquired)
}
