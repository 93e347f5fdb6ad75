package etcd

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// renewals returns when a holder's lease is renewed, in tenths of a second from when it got it.
func renewals(t *testing.T, spec string, lease time.Duration) (at []time.Duration) {
	_, settings := locktest.Parse(t, spec, lease, true, Backend{})
	s := stage{locktest.NewStage(t, Backend{}, settings, 1, "client-1")}
	s.Client("client-1", time.Second, locktest.Hold(time.Minute, time.Hour))
	for _, e := range s.Run(12 * time.Second).Events {
		if e.Kind == sim.Renewed {
			at = append(at, (e.At - time.Second).Round(100*time.Millisecond))
		}
	}
	return at
}

func TestTheLibraryLooksForLeasesToRenewEveryHalfSecond(t *testing.T) {
	for _, c := range []struct {
		spec  string
		lease time.Duration
		want  []time.Duration // in milliseconds
	}{
		{"etcd", 2 * time.Second, []time.Duration{1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000}},
		{"etcd", 10 * time.Second, []time.Duration{3500, 7000, 10500}},
		{"etcd+renew-scan=0s", 2 * time.Second, []time.Duration{700, 1300, 2000, 2700, 3300, 4000, 4700, 5400, 6000, 6700, 7400, 8000, 8700, 9400, 10000}},
		{"etcd+renew-scan=0s", 10 * time.Second, []time.Duration{3300, 6700, 10000}},
	} {
		for i := range c.want {
			c.want[i] *= time.Millisecond
		}
		got := renewals(t, c.spec, c.lease)
		got = slices.DeleteFunc(got, func(at time.Duration) bool { return at == 0 || at > 10600*time.Millisecond }) // the first comes with the grant
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, a lease of %v: renewed after %v, expected %v", c.spec, c.lease, got, c.want)
		}
	}
}

// quietNetwork is as quick as the network between the hosts of a live trial.
var quietNetwork = virtual.Latency{Base: 200 * time.Microsecond, Jitter: 50 * time.Microsecond}

// Measured with etcd's own client and real servers: a holder with a lease of 2 s is cut off 0.8 s
// after it has read the balance, and learns of its end from 0.38 s before the next one gets the
// lock to 1.05 s after it.
func TestASessionIsDoneAsLateAsTheLibrarys(t *testing.T) {
	var late []time.Duration
	for seed := range uint64(60) {
		_, settings := locktest.Parse(t, "etcd+election-timeout=500ms", 2*time.Second, true, Backend{})
		s := stage{locktest.NewStage(t, Backend{}, settings, seed, "client-1", "client-2")}
		s.Client("client-1", time.Second, locktest.Hold(time.Minute, time.Hour))
		s.Client("client-2", 1500*time.Millisecond, locktest.Hold(time.Minute, time.Hour))
		s.World.After(1810*time.Millisecond, func() { s.Cut("client-1", s.Servers...) })
		for _, client := range []sim.HostID{"client-1", "client-2"} {
			for _, server := range s.Servers {
				s.World.SetLatency(client, server, quietNetwork)
				s.World.SetLatency(server, client, quietNetwork)
			}
		}
		events := s.Run(10 * time.Second).Events
		late = append(late, locktest.Find(t, events, "client-1", sim.Lost, 1).At-locktest.Find(t, events, "client-2", sim.Acquired, 1).At)
	}
	slices.Sort(late)
	first, last := late[0], late[len(late)-1]
	if first < -550*time.Millisecond || first > -200*time.Millisecond || last < 800*time.Millisecond || last > 1100*time.Millisecond {
		t.Errorf("the holder learns of the end of its lease %v to %v after the next one has the lock, expected about -0.4 to 1 s", first, last)
	}
}

// hang makes a client wait while all members are switched off and on, and then makes the holder
// release the lock. It returns how much later the waiter gets the lock, and whether its stream of
// keep-alives was on the connection of its watch.
func hang(t *testing.T, spec string, seed uint64) (late time.Duration, together bool) {
	s := newStage(t, seed, spec, "client-1", "client-2")
	s.Client("client-1", time.Second, locktest.Hold(time.Hour, 12*time.Second))
	s.Client("client-2", 2*time.Second, func(h sim.Host, l backends.Lock) {
		s.World.After(time.Second, func() { together = l.(*Lock).port.(*simulatedPort).watchTogether() })
		locktest.Hold(time.Hour, time.Second)(h, l)
	})
	s.World.After(5*time.Second, func() {
		for _, id := range s.Servers {
			s.World.Host(id).Crash()
		}
	})
	s.World.After(6*time.Second, func() {
		for _, id := range s.Servers {
			s.World.Host(id).Restart()
		}
	})
	events := s.Run(90 * time.Second).Events
	var released time.Duration
	for _, e := range events {
		switch {
		case e.Host == "client-1" && (e.Kind == sim.Released || e.Kind == sim.NotReleased || e.Kind == sim.Lost):
			released = e.At
		case e.Host == "client-2" && e.Kind == sim.Acquired:
			return e.At - released, together
		}
	}
	return sim.Forever, together
}

// watchTogether reports whether the watch and the stream of keep-alives share a connection.
func (p *simulatedPort) watchTogether() bool {
	for _, k := range p.channel.conns {
		stream := slices.ContainsFunc(k.calls, func(c *call) bool { return c.number == 0 })
		watch := slices.ContainsFunc(k.calls, func(c *call) bool { return c.number != 0 })
		if stream && watch {
			return true
		}
	}
	return false
}

func TestAWatchOnADeadConnectionHearsNothing(t *testing.T) { // etcd#7247, #8980
	hung := 0
	for seed := range uint64(20) {
		switch late, together := hang(t, "etcd", seed); {
		case late < 2*time.Second: // a stream of keep-alives was on the same connection, or moved there when its own was found dead
		case late != sim.Forever || together:
			t.Errorf("seed %d: the waiter got the lock %v late; is its stream of keep-alives on the connection of its watch: %t", seed, late, together)
		default:
			hung++
		}
		if late, _ := hang(t, "etcd+tcp-keep-alive=15s", seed); late > 15*time.Second {
			t.Errorf("seed %d: with the TCP keep-alive of Go, the waiter got the lock %v late", seed, late)
		}
		if late, _ := hang(t, "etcd+watch-again", seed); late > 6*time.Second {
			t.Errorf("seed %d: looking again, the waiter got the lock %v late", seed, late)
		}
	}
	t.Logf("the waiter slept on in %d of 20 trials", hung)
	if hung < 2 || hung > 12 {
		t.Errorf("the waiter slept on in %d of 20 trials, expected that to be a matter of chance", hung)
	}
}
