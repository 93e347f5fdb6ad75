package redlock

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
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

// told lists what CountVotes makes of events: everything but the votes of single servers.
func told(t *testing.T, seen []sim.Event) (what []string) {
	t.Helper()
	b, set := settings(t, "redlock")
	for _, e := range b.CountVotes(seen, set) {
		if e.Kind == sim.NodeGranted || e.Kind == sim.NodeEnded {
			continue
		}
		what = append(what, fmt.Sprintf("%v %s %s %s", e.At, e.Kind, e.Host, e.Grant))
	}
	return what
}

// What a client was told proves a quorum, even if the observer of one server saw its vote late, when
// another server had already been seen to free the lock.
func TestAVoteThatWasSeenLateCountsFromWhenTheClientWasTold(t *testing.T) {
	at := func(us int, host sim.HostID, kind sim.Kind) sim.Event {
		e := sim.Event{At: time.Duration(us) * time.Microsecond, Host: host, Kind: kind, Grant: "a"}
		if kind == sim.NodeEnded {
			e.Client, e.Ended = "client-2", sim.Freed
		}
		return e
	}
	events := []sim.Event{
		at(0, "client-2", sim.AcquireSent),
		at(180, "redis-5", sim.NodeGranted),
		at(430, "client-2", sim.Acquired),
		at(460, "redis-2", sim.NodeGranted),
		at(980, "client-2", sim.Release),
		at(1850, "redis-2", sim.NodeEnded),
		at(2080, "redis-3", sim.NodeGranted),
		at(2090, "redis-3", sim.NodeEnded),
		at(2110, "client-2", sim.Released),
		at(2180, "redis-1", sim.NodeGranted),
		at(2190, "redis-1", sim.NodeEnded),
		at(2370, "redis-5", sim.NodeEnded),
	}
	want := []string{
		"0s acquire-sent client-2 a",
		"430µs granted redis-3 a",
		"430µs acquired client-2 a",
		"980µs release client-2 a",
		"1.85ms freed redis-2 a",
		"2.11ms released client-2 a",
	}
	if got := told(t, events); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	for name, seen := range map[string][]sim.Event{
		"two votes are no quorum": {
			at(180, "redis-5", sim.NodeGranted), at(430, "client-2", sim.Acquired), at(460, "redis-2", sim.NodeGranted),
		},
		"a server that votes that late was not heard": {
			at(180, "redis-5", sim.NodeGranted), at(430, "client-2", sim.Acquired), at(460, "redis-2", sim.NodeGranted),
			at(1850, "redis-2", sim.NodeEnded), at(20_500, "redis-3", sim.NodeGranted),
		},
	} {
		for _, line := range told(t, seen) {
			if strings.Contains(line, "granted") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
