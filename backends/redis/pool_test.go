package redis

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

var everyProfile = []Backend{{}, {Profile: Redislock}}

// pooled runs a plan with a pool of connections to one server, a millisecond away.
func pooled(t *testing.T, spec string, plan func(w *virtual.World, server *virtual.Host, h sim.Host, p *Pool)) {
	t.Helper()
	w := virtual.New(1)
	server, client := w.AddHost(ServerID), w.AddHost("client-1")
	for _, way := range [][2]sim.HostID{{ServerID, "client-1"}, {"client-1", ServerID}} {
		w.SetLatency(way[0], way[1], virtual.Latency{Base: time.Millisecond})
	}
	_, s := locktest.Parse(t, spec, ttl, false, everyProfile...)
	SimulateNode(w, ServerID, NodeSettingsOf(s), (*virtual.Host).Record)
	p := DialPool(client, ServerID, nil, s)
	done := false
	client.Go("plan", func(h sim.Host) {
		plan(w, server, h, p)
		done = true
	})
	run(t, w, 10*time.Minute)
	if !done {
		t.Error("the plan was not carried out to its end")
	}
}

// What a command costs whose context ends after half a second: the pool's own five seconds,
// whatever the context says, if there is a connection, and the rest of the context if there is
// none. (go-redis v9.23: redis.go, _process; internal/pool/pool.go, queuedNewConn.)
func TestAContextEndsTheWaitForAConnectionButNotForAnAnswer(t *testing.T) {
	cut := func(w *virtual.World, _ *virtual.Host) { w.Cut("client-1", ServerID) }
	pause := func(w *virtual.World, _ *virtual.Host) {
		if err := w.Apply(sim.Fault{Kind: sim.Pause, Host: ServerID, For: time.Hour}); err != nil {
			panic(err)
		}
	}
	for _, c := range []struct {
		what, spec    string
		fault         func(*virtual.World, *virtual.Host)
		first, second time.Duration
	}{
		{"cut off", "redis-redislock", cut, 5 * time.Second, 500 * time.Millisecond},
		{"stopped", "redis-redislock", pause, 5 * time.Second, 5002 * time.Millisecond}, // connected, but not greeted
		{"off", "redis-redislock", func(_ *virtual.World, s *virtual.Host) { s.Crash() }, 5 * time.Second, 500 * time.Millisecond},
		{"cut off", "redis-redislock+pool-read=3s", cut, 3 * time.Second, 500 * time.Millisecond},
		{"cut off", "redis-redislock+context-timeout", cut, 500 * time.Millisecond, 500 * time.Millisecond},
		{"stopped", "redis-redislock+context-timeout", pause, 500 * time.Millisecond, 500 * time.Millisecond},
		{"cut off", "redis-redislock+pool-read=0.1s+pool-dial=0.1s+context-timeout", cut, 500 * time.Millisecond, 500 * time.Millisecond},
	} {
		pooled(t, c.spec, func(w *virtual.World, server *virtual.Host, h sim.Host, p *Pool) {
			c.fault(w, server)
			for i, want := range []time.Duration{c.first, c.second} {
				before := h.Now()
				_, err := p.SetNX(LockKey, "v", ttl, 500*time.Millisecond)
				if took := h.Now() - before; took != want || !errors.Is(err, sim.ErrUnknown) {
					t.Errorf("%s, server %s, command %d: %v after %v, expected no answer for %v", c.spec, c.what, i+1, err, took, want)
				}
			}
		})
	}
}

// There are two connections to a server that has fallen silent. A command waits on one; by then its
// context is over, and it is not tried on the other.
func TestNothingIsTriedAgainAfterTheEndOfTheContext(t *testing.T) {
	pooled(t, "redis-redislock", func(w *virtual.World, _ *virtual.Host, h sim.Host, p *Pool) {
		both := h.NewSignal()
		h.Go("another command", func(sim.Host) {
			_, _ = p.SetNX(LockKey, "u", ttl, time.Second)
			both.Fire()
		})
		_, _ = p.SetNX(LockKey, "v", ttl, time.Second)
		both.Wait(time.Second)
		w.Cut("client-1", ServerID)
		for i, want := range []time.Duration{5 * time.Second, 5 * time.Second, 500 * time.Millisecond} {
			before := h.Now()
			if _, err := p.SetNX(LockKey, "w", ttl, 500*time.Millisecond); h.Now()-before != want {
				t.Errorf("command %d: %v after %v, expected no answer for %v", i+1, err, h.Now()-before, want)
			}
		}
	})
}

// If its context does not end, a command is tried four times: five seconds for the answer on the
// existing connection, then three times five dials of five seconds, a tenth of a second apart, with
// pauses of 10 to 90 ms before each try.
func TestACommandWithoutAnEndIsTriedFourTimes(t *testing.T) {
	pooled(t, "redis-redislock", func(w *virtual.World, _ *virtual.Host, h sim.Host, p *Pool) {
		w.Cut("client-1", ServerID)
		_, err := p.SetNX(LockKey, "v", ttl, sim.Forever)
		dials := 5*5*time.Second + 4*100*time.Millisecond
		least := 5*time.Second + 3*dials + 30*time.Millisecond
		if took := h.Now(); took < least || took > least+140*time.Millisecond || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("%v after %v, expected no answer for %v and a little", err, took, least)
		}
	})
}

// A server that is back resets connections that it does not know, and the command is sent once
// more.
func TestAServerThatIsBackResetsConnectionsAndIsAskedAgain(t *testing.T) {
	for off, least := range map[time.Duration]time.Duration{
		0:               0,
		time.Second:     1400 * time.Millisecond, // the kernel asks again after 200, 600 and 1400 ms
		3 * time.Second: 3 * time.Second,
	} {
		pooled(t, "redis-redislock", func(w *virtual.World, server *virtual.Host, h sim.Host, p *Pool) {
			server.Crash()
			w.After(off, server.Restart)
			h.Sleep(time.Nanosecond)
			ok, err := p.SetNX(LockKey, "v", ttl, sim.Forever)
			if took := h.Now(); !ok || err != nil || took < least || took > least+50*time.Millisecond {
				t.Errorf("off for %v: %t, %v after %v, expected the key after %v", off, ok, err, took, least)
			}
		})
	}
}

// A connection that was dialled for one command goes to the next one, and is greeted then.
func TestAConnectionThatCameTooLateIsUsedByTheNextCommand(t *testing.T) {
	pooled(t, "redis-redislock+pool-read=100ms", func(w *virtual.World, _ *virtual.Host, h sim.Host, p *Pool) {
		w.Cut("client-1", ServerID)
		_, _ = p.SetNX(LockKey, "v", ttl, 500*time.Millisecond) // dials, and gives up after half a second
		w.Mend("client-1", ServerID)
		h.Sleep(2 * time.Second)
		before := h.Now()
		if ok, err := p.SetNX(LockKey, "w", ttl, time.Second); err != nil {
			t.Errorf("%t, %v", ok, err)
		}
		if took := h.Now() - before; took != 4*time.Millisecond {
			t.Errorf("took %v, expected 4 ms: one round for the greeting and one for the command", took)
		}
	})
}

// bsm/redislock gives up at the first missing answer and takes nothing back: a key that was set
// without an answer shuts everybody out until it expires, including its own client.
func TestALostAnswerLocksTheLibrarysOwnClientOut(t *testing.T) {
	b, set := locktest.Parse(t, "redis-redislock+pool-read=1s+pool-dial=1s", ttl, false, everyProfile...)
	s := stage{locktest.NewStage(t, b, set, 1, "client-1")}
	s.Story = locktest.Story{Letters: true, Without: []sim.Kind{sim.Deadline, sim.AcquireSent}}
	s.World.Cut(ServerID, "client-1")
	s.World.After(90*time.Second, func() { s.World.Mend(ServerID, "client-1") })
	var failed []time.Duration
	s.Client("client-1", 0, func(h sim.Host, l backends.Lock) {
		for range 2 {
			_, err := l.Acquire(2 * time.Second)
			if !errors.Is(err, sim.ErrUnknown) {
				t.Errorf("Acquire = %v, expected sim.ErrUnknown", err)
			}
			failed = append(failed, h.Now())
		}
	})
	h := s.Run(time.Minute)
	if got := locktest.Only(h, sim.Granted, sim.Freed, sim.Expired); len(got) != 2 || got[0].Kind != sim.Granted || got[1].Kind != sim.Expired {
		t.Errorf("expected one grant to nobody, which runs out:\n%s", locktest.Transcript(h.Events))
	}
	if len(failed) != 2 {
		t.Errorf("Acquire returned %d times", len(failed))
	}
}

// The same token asks again: a command that go-redis repeats does not find the lock taken by
// itself.
func TestARepeatedObtainProlongsItsOwnLease(t *testing.T) {
	m := NewModel()
	ask := func(value string, at time.Duration) Reply {
		return m.Apply(noon.Add(at), Command{Kind: CommandObtain, Key: "k", Value: value, PX: time.Second})
	}
	if r := ask("a", 0); !r.OK || r.Had {
		t.Errorf("first: %+v", r)
	}
	if r := ask("b", 0); r.OK {
		t.Errorf("another client: %+v", r)
	}
	if r := ask("a", 900*time.Millisecond); !r.OK || !r.Had {
		t.Errorf("again: %+v", r)
	}
	if r := ask("b", 1500*time.Millisecond); r.OK {
		t.Errorf("after the first second, of which the lease was prolonged: %+v", r)
	}
}
