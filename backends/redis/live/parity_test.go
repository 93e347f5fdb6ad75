//go:build linux

package redislive

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { os.Exit(livetest.Main(m, testDuties)) }

const (
	longLease  = time.Hour
	shortLease = 2 * time.Millisecond
	patience   = 10 * time.Second
)

// comparison gives the model and a real server the same commands.
type comparison struct {
	*rapid.T
	real     *realServer
	port     *Client
	model    *redis.Model
	expected []sim.Event // what the model did
}

// perform has both execute a command and compares their answers. Leases are either so long that
// they do not end here, or are outlived before the next command, so it does not matter that the two
// do not read the clock at the same moment.
func (c *comparison) perform(command redis.Command) {
	before := c.real.now(c)
	var ok bool
	var token uint64
	var err error
	switch command.Kind {
	case redis.CommandSetNX:
		ok, err = c.port.SetNX(command.Key, command.Value, command.PX, patience)
	case redis.CommandSetNXWithToken:
		token, ok, err = c.port.SetNXWithToken(command.Key, command.Counter, command.Value, command.PX, patience)
	case redis.CommandObtain:
		ok, err = c.port.Obtain(command.Key, command.Value, command.PX, patience)
	case redis.CommandCompareAndDelete:
		ok, err = c.port.CompareAndDelete(command.Key, command.Value, patience)
	case redis.CommandDelete:
		ok, err = c.port.Delete(command.Key, patience)
	case redis.CommandCompareAndExpire:
		ok, err = c.port.CompareAndExpire(command.Key, command.Value, command.PX, patience)
	}
	if err != nil {
		c.Fatal(err)
	}
	after := c.real.now(c)

	want := c.model.Apply(before, command)
	if ok != want.OK || token != want.Token {
		c.Fatalf("%+v: redis answers %t, token %d; the model %+v", command, ok, token, want)
	}
	c.note(command, want)
	if !want.OK || command.Kind == redis.CommandCompareAndDelete || command.Kind == redis.CommandDelete {
		return
	}
	if command.PX == longLease {
		c.compareExpiry(before, after)
		return
	}
	for c.real.now(c).UnixMilli() <= after.Add(shortLease).UnixMilli() {
		time.Sleep(100 * time.Microsecond)
	}
	if n := c.real.admin.Exists(context.Background(), command.Key).Val(); n != 0 {
		c.Fatalf("%+v: redis still has the key after its time", command)
	}
	c.note(redis.Command{}, c.model.Apply(c.real.now(c), redis.Command{Kind: redis.CommandExpireCycle}))
}

// compareExpiry checks that the key's absolute expiry lies where the model's would for a command
// between before and after.
func (c *comparison) compareExpiry(before, after time.Time) {
	ms := c.real.admin.PExpireTime(context.Background(), redis.LockKey).Val().Milliseconds()
	if lo, hi := expiry(before, longLease), expiry(after, longLease); ms < lo || ms > hi {
		c.Fatalf("redis lets the key expire at %d ms, the model between %d and %d", ms, lo, hi)
	}
}

// expiry is the model's for a key that is set now, Unix time in ms.
func expiry(now time.Time, px time.Duration) int64 {
	m := redis.NewModel()
	m.Apply(now, redis.Command{Kind: redis.CommandSetNX, Key: redis.LockKey, Value: "a", PX: px})
	gone, _ := m.NextExpiry(redis.LockKey)
	return gone.UnixMilli() - 1
}

// note writes down what the model did, as the history would have it.
func (c *comparison) note(command redis.Command, r redis.Reply) {
	for _, value := range r.Ended {
		c.expected = append(c.expected, sim.Event{Kind: sim.Expired, Grant: value})
	}
	if e, ok := redis.Happened(command, r); ok {
		c.expected = append(c.expected, e)
	}
}

func TestTheModelDoesWhatRedisDoesAndTheObserverSeesIt(t *testing.T) {
	server := startServer(t)
	for _, tokens := range []bool{true, false} {
		kinds := []redis.CommandKind{redis.CommandSetNX, redis.CommandCompareAndDelete, redis.CommandDelete, redis.CommandCompareAndExpire, redis.CommandObtain}
		if tokens {
			kinds[len(kinds)-1] = redis.CommandSetNXWithToken
		}
		compare(t, server, kinds, tokens)
	}
}

func compare(t *testing.T, server *realServer, kinds []redis.CommandKind, tokens bool) {
	rapid.Check(t, func(t *rapid.T) {
		if err := server.admin.FlushAll(context.Background()).Err(); err != nil {
			t.Fatal(err)
		}
		stream, _, err := openStream("unix", server.socket)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.conn.Close()
		c := &comparison{T: t, real: server, model: redis.NewModel()}
		realtime.Run("client-1", func(h *realtime.Host) {
			c.port = newPort(h, "unix", server.socket)
			defer c.port.close()
			for range rapid.IntRange(1, 12).Draw(t, "commands") {
				c.perform(redis.Command{
					Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Key: redis.LockKey, Counter: redis.CounterKey,
					Value: rapid.SampledFrom([]string{"a", "b", `c"\ d`}).Draw(t, "value"),
					PX:    rapid.SampledFrom([]time.Duration{longLease, shortLease}).Draw(t, "px"),
				})
			}
		})
		var seen []sim.Event
		realtime.Run(redis.ServerID, func(h *realtime.Host) {
			if err := stream.end(); err != nil {
				t.Fatal(err)
			}
			if err := stream.follow(h, newRecorder(h.Record, Observation{Tokens: tokens})); err != nil {
				t.Fatal(err)
			}
			seen = h.Events()
		})
		for i := range seen {
			seen[i].Host = ""
		}
		if !slices.EqualFunc(seen, c.expected, func(a, b sim.Event) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("the observer saw  %+v\nthe model did     %+v", seen, c.expected)
		}
	})
}

func TestAcquireSentIsRecordedWhenTheServerHasTheRequestAndTheClientNoAnswer(t *testing.T) {
	server := startServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", server.socket)
		defer p.close()
		var answered bool
		recorded := 0
		h.OnRecord = func(e sim.Event) {
			recorded++
			if e.Kind != sim.AcquireSent || e.Grant != "mine" || answered {
				t.Errorf("recorded %+v, answered before it: %t", e, answered)
			}
			livetest.Eventually(t, "the request, on its way, reaches the server", func() bool {
				return server.admin.Get(t.Context(), redis.LockKey).Val() == "mine"
			})
		}
		ok, err := p.SetNX(redis.LockKey, "mine", longLease, patience)
		answered = true
		if !ok || err != nil || recorded != 1 {
			t.Errorf("SetNX = %t, %v, with %d events; expected one, and success", ok, err, recorded)
		}
	})
}

func TestAClientHeldBeforeItReadsTheAnswerReadsItHoweverLateItIs(t *testing.T) {
	server := startServer(t)
	const timeout = 20 * time.Millisecond
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", server.socket)
		defer p.close()
		if err := p.connectAhead(patience); err != nil {
			t.Fatal(err)
		}
		h.OnRecord = func(sim.Event) { time.Sleep(5 * timeout) } // this is the pause
		if token, ok, err := p.SetNXWithToken(redis.LockKey, redis.CounterKey, "mine", longLease, timeout); !ok || token != 1 || err != nil {
			t.Errorf("SetNXWithToken = %d, %t, %v; expected the answer that lay ready", token, ok, err)
		}
	})
}

func TestARequestThatTimedOutMayStillBeCarriedOut(t *testing.T) {
	server := startServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", server.socket)
		defer p.close()
		if err := p.connectAhead(patience); err != nil {
			t.Fatal(err)
		}
		livetest.Stop(t, server.process)
		ok, err := p.SetNX(redis.LockKey, "mine", longLease, 30*time.Millisecond)
		if ok || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("SetNX at a stopped server = %t, %v; expected sim.ErrUnknown", ok, err)
		}
		livetest.Continue(t, server.process)
		livetest.Eventually(t, "the server carries the request out", func() bool {
			return server.admin.Get(t.Context(), redis.LockKey).Val() == "mine"
		})
		if ok, err := p.CompareAndDelete(redis.LockKey, "mine", patience); !ok || err != nil {
			t.Errorf("CompareAndDelete over a new connection = %t, %v", ok, err)
		}
	})
}

func TestAServerThatCannotBeReachedLeavesTheOutcomeUnknown(t *testing.T) {
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", filepath.Join(t.TempDir(), "nobody"))
		if ok, err := p.SetNX(redis.LockKey, "mine", longLease, time.Second); ok || !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("SetNX = %t, %v", ok, err)
		}
		if len(h.Events()) != 0 {
			t.Errorf("recorded %+v although nothing was sent", h.Events())
		}
	})
}

func TestAServersErrorIsNotAnUnknownOutcome(t *testing.T) {
	server := startServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p := newPort(h, "unix", server.socket)
		defer p.close()
		ok, err := p.SetNX(redis.LockKey, "mine", 0, patience) // no lifetime: redis refuses that
		if ok || err == nil || errors.Is(err, sim.ErrUnknown) {
			t.Errorf("SetNX for 0 ms = %t, %v", ok, err)
		}
		if ok, err := p.SetNX(redis.LockKey, "mine", longLease, patience); !ok || err != nil {
			t.Errorf("SetNX after it, on the same connection = %t, %v", ok, err)
		}
	})
}

func TestAMissingServerProgramIsNamedWithWhatToDo(t *testing.T) {
	t.Setenv(serverVar, "")
	t.Setenv("PATH", t.TempDir())
	if err := (Backend{}).Missing(settings(t, "redis")); err == nil {
		t.Error("redis-server was found on an empty PATH")
	}
	t.Setenv(serverVar, "/nowhere/redis-server")
	if err := (Backend{}).Missing(settings(t, "redis")); err == nil {
		t.Error("a redis-server that does not exist was found")
	}
}
