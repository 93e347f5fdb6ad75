package redis

import (
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

const ttl = 10 * time.Second

// stage is a Redis server and some clients with a lock on it. Its stories show random values as
// letters.
type stage struct{ *locktest.Stage }

func newStage(t rapid.TB, spec string, token bool, clients ...sim.HostID) stage {
	t.Helper()
	s := stage{locktest.NewStage(t, Backend{}, settings(t, spec, token), 1, clients...)}
	s.Story = locktest.Story{Letters: true, Without: []sim.Kind{sim.Deadline}}
	return s
}

func settings(t rapid.TB, spec string, token bool) backends.Settings {
	t.Helper()
	_, s := locktest.Parse(t, spec, ttl, token, Backend{})
	return s
}

// run lets the world run to its end.
func run(t testing.TB, w *virtual.World, until time.Duration) {
	t.Helper()
	defer w.Close()
	if err := w.Run(until); err != nil {
		t.Fatal(err)
	}
}
