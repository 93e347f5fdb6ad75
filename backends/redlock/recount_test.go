package redlock

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// whole are the kinds that say what happened to the lock as a whole.
var whole = []sim.Kind{sim.Granted, sim.Extended, sim.Freed, sim.Expired, sim.Forgotten}

func TestVotesCountedAfterwardsGiveWhatTheTallySaw(t *testing.T) {
	met := map[sim.Kind]int{}
	missing := func() bool { return slices.ContainsFunc(whole, func(k sim.Kind) bool { return met[k] == 0 }) }
	// With few examples, as under -short, a kind may be missing by chance; then run more.
	for round := 0; round == 0 || round < 10 && missing(); round++ {
		rapid.Check(t, func(r *rapid.T) { votesCountedAfterwards(t, r, met) })
	}
	if missing() {
		t.Errorf("of %q some never happened, only %v: this shows nothing", whole, met)
	}
}

func votesCountedAfterwards(t *testing.T, r *rapid.T, met map[sim.Kind]int) {
	spec := rapid.SampledFrom([]string{"redlock+renew", "redlock+nodes=3", "redlock+quorum=2", "redlock-redsync"}).Draw(r, "spec")
	s := newStage(t, spec, "client-1", "client-2", "client-3")
	for i, id := range []sim.HostID{"client-1", "client-2", "client-3"} {
		at := time.Duration(rapid.IntRange(0, 300).Draw(r, "at")) * time.Millisecond
		work := time.Duration(rapid.IntRange(0, 15).Draw(r, "work")) * time.Second
		s.Client(id, at, func(h sim.Host, l backends.Lock) {
			for range 3 {
				locktest.Hold(ttl, work)(h, l)
			}
		})
		if rapid.Bool().Draw(r, "cut") {
			s.cut(id, 1+i)
		}
	}
	victim := s.Servers[rapid.IntRange(0, 2).Draw(r, "victim")]
	s.World.Direct([]sim.Step{{
		When: sim.Trigger{After: time.Duration(rapid.IntRange(1, 20).Draw(r, "crash")) * time.Second},
		Do:   sim.Fault{Kind: sim.Crash, Host: victim, For: time.Second},
	}})
	b, set := settings(t, spec)
	if err := s.World.Run(time.Minute); err != nil {
		r.Fatal(err)
	}
	want := s.World.Events()
	s.World.Close()
	for i := range want {
		want[i].Seq = 0
	}
	seen := slices.DeleteFunc(slices.Clone(want), func(e sim.Event) bool { return slices.Contains(whole, e.Kind) })
	if got := b.CountVotes(seen, set); !slices.EqualFunc(got, want, func(a, b sim.Event) bool { return reflect.DeepEqual(a, b) }) {
		r.Fatalf("from the nodes' events:\n%+v\nthe tally saw:\n%+v", got, want)
	}
	for _, e := range want {
		met[e.Kind]++
	}
}
