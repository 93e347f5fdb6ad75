package zookeeper

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// tokensOf returns the tokens of a client that takes the lock three times, with pauses in which
// nobody holds it.
func tokensOf(t *testing.T, spec string) []uint64 {
	s := newStage(t, 1, spec, "client-1")
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		for range 3 {
			locktest.Hold(0, time.Second)(h, l)
			h.Sleep(5 * time.Second)
		}
	})
	return locktest.Tokens(t, s.Run(time.Minute))
}

func TestWhichTokensGrow(t *testing.T) { // K10, Z6, Z7
	for _, each := range []struct {
		spec string
		want []uint64
	}{
		{"zookeeper", []uint64{Zxid(1, 3), Zxid(1, 5), Zxid(1, 7)}},
		{"zookeeper+token-from=sequence", []uint64{1, 2, 3}},
		{"zookeeper+token-from=sequence+container-parent", []uint64{1, 1, 1}},
		{"zookeeper+token-from=version", []uint64{1, 1, 1}},
	} {
		if got := tokensOf(t, each.spec); !slices.Equal(got, each.want) {
			t.Errorf("%s: tokens %d, expected %d", each.spec, got, each.want)
		}
	}
	got := tokensOf(t, "zookeeper+container-parent")
	if len(got) != 3 || !slices.IsSorted(got) || got[0] == got[1] || got[1] == got[2] {
		t.Errorf("with a container for a parent, the czxid gave %d", got)
	}
}
