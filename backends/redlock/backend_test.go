package redlock

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

func TestAProfileIsABackendWithItsOwnDefaults(t *testing.T) {
	for _, c := range []struct {
		spec string
		has  []string
	}{
		{"redlock", []string{"nodes=5", "sequential=off", "wall-clock=off", "node-timeout=0.005ttl", "drift=0.01ttl", "drift-constant=2ms", "durability=none"}},
		{"redlock-reference", []string{"nodes=5", "sequential=on", "wall-clock=on", "drift=0.01ttl", "drift-constant=2ms", "retry=100ms"}},
		{"redlock-redsync", []string{"nodes=5", "sequential=off", "wall-clock=off", "node-timeout=0.05ttl", "drift=0.01ttl", "drift-constant=0s", "retry=150ms"}},
		{"redlock-reference+sequential=off+nodes=3", []string{"sequential=off", "nodes=3", "wall-clock=on"}},
	} {
		_, s := settings(t, c.spec)
		for _, want := range c.has {
			if !slices.Contains(s.List(), want) {
				t.Errorf("%s runs with %s, expected %s among them", c.spec, strings.Join(s.List(), " "), want)
			}
		}
	}
}

func TestTheRetryDelayIsDrawnFromTheProfilesRange(t *testing.T) {
	for _, c := range []struct {
		spec              string
		shortest, longest time.Duration
	}{
		{"redlock", 0, 200 * time.Millisecond},
		{"redlock-reference", 0, 200 * time.Millisecond},
		{"redlock-redsync", 50 * time.Millisecond, 250 * time.Millisecond},
	} {
		s := newStage(t, c.spec, "client-1")
		l := s.Lock["client-1"].(*Lock)
		shortest, longest := sim.Forever, time.Duration(0)
		for range 10_000 {
			d := l.retryDelay()
			shortest, longest = min(shortest, d), max(longest, d)
		}
		const edge = time.Millisecond
		if shortest < c.shortest || shortest > c.shortest+edge || longest > c.longest || longest < c.longest-edge {
			t.Errorf("%s waits %v to %v, expected %v to %v", c.spec, shortest, longest, c.shortest, c.longest)
		}
	}
}

func TestTheServersAreNumbered(t *testing.T) {
	b, s := settings(t, "redlock+nodes=3")
	if got := b.Servers(s); !slices.Equal(got, []sim.HostID{"redis-1", "redis-2", "redis-3"}) {
		t.Errorf("servers %v", got)
	}
}

func TestTheMajorityIsMoreThanHalf(t *testing.T) {
	for _, c := range []struct {
		spec string
		want int
	}{
		{"redlock+nodes=1", 1}, {"redlock+nodes=2", 2}, {"redlock+nodes=3", 2}, {"redlock+nodes=4", 3},
		{"redlock", 3}, {"redlock+nodes=6", 4}, {"redlock+nodes=7", 4}, {"redlock+quorum=2", 2},
	} {
		if _, s := settings(t, c.spec); quorum(s) != c.want {
			t.Errorf("%s: a quorum is %d, expected %d", c.spec, quorum(s), c.want)
		}
	}
}

func TestAQuorumOfMoreNodesThanThereAreIsRefused(t *testing.T) {
	for text, says := range map[string]string{
		"redlock+quorum=7":                   "backend redlock+quorum=7: option quorum is 7, and there are 5 nodes, expected at most that many",
		"redlock-reference+nodes=3+quorum=4": "option quorum is 4, and there are 3 nodes",
		"redlock+nodes=7+quorum=7":           "",
	} {
		locktest.ExpectRefusal(t, text, ttl, says, profiles...)
	}
}
