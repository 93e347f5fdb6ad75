package etcd

import (
	"time"

	"pgregory.net/rapid"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

const ttl = 10 * time.Second

// stage is an etcd cluster and some clients with a lock on it. Its stories leave out renewals, and
// show times in milliseconds.
type stage struct{ *locktest.Stage }

func newStage(t rapid.TB, seed uint64, spec string, clients ...sim.HostID) stage {
	t.Helper()
	s := stage{locktest.NewStage(t, Backend{}, settings(t, spec), seed, clients...)}
	s.Story = locktest.Story{Round: time.Millisecond, Without: []sim.Kind{sim.Renewed, sim.Extended, sim.Deadline}}
	return s
}

func settings(t rapid.TB, spec string) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, spec, ttl, true, Backend{})
	return s
}
