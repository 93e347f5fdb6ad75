package consensus

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
	"pgregory.net/rapid"
)

// How long the storm lasts, and how soon after it everything must work again.
const (
	storm = 12 * time.Second
	calm  = 20 * time.Second
)

// span draws a duration.
func span(t *rapid.T, label string, lo, hi time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(int64(lo/time.Millisecond), int64(hi/time.Millisecond)).Draw(t, label)) * time.Millisecond
}

// trouble applies faults to one member, one after the other, until the storm is over.
func (c *cluster) trouble(t *rapid.T, i int) {
	h := c.host(i)
	at := span(t, "first", 0, storm/2)
	for at < storm {
		d := span(t, "length", 10*time.Millisecond, 5*time.Second)
		end := min(at+d, storm)
		begin, undo := c.fault(t, h, i)
		c.world.After(at, begin)
		c.world.After(end, undo)
		at = end + span(t, "rest", 10*time.Millisecond, 8*time.Second)
	}
}

func (c *cluster) fault(t *rapid.T, h *virtual.Host, i int) (begin, undo func()) {
	nothing := func() {}
	switch rapid.SampledFrom([]string{"crash", "pause", "stall", "stall and crash", "isolate", "one way", "step", "rate", "slow"}).Draw(t, "fault") {
	case "crash":
		return h.Crash, h.Restart
	case "pause":
		f := sim.Fault{Kind: sim.Pause, Host: h.ID()}
		return func() { _ = c.world.Apply(f) }, func() { _ = c.world.Undo(f) }
	case "stall":
		f := sim.Fault{Kind: sim.StallDisk, Host: h.ID()}
		return func() { _ = c.world.Apply(f) }, func() { _ = c.world.Undo(f) }
	case "stall and crash": // what was not saved is lost
		f := sim.Fault{Kind: sim.StallDisk, Host: h.ID()}
		return func() { _ = c.world.Apply(f) }, func() {
			h.Crash()
			_ = c.world.Undo(f)
			h.Restart()
		}
	case "isolate":
		return func() { c.isolate(i, true) }, func() { c.isolate(i, false) }
	case "one way":
		to := c.members[rapid.IntRange(0, len(c.members)-1).Draw(t, "to")]
		return func() { c.world.Cut(h.ID(), to) }, func() { c.world.Mend(h.ID(), to) }
	case "step":
		d := span(t, "step", -3*time.Second, 10*time.Second)
		return func() { h.StepMonotonic(d) }, nothing
	case "rate":
		rate := rapid.SampledFrom([]int64{0, 500_000_000, 1_500_000_000, 4_000_000_000}).Draw(t, "rate")
		return func() { h.SetMonotonicRate(rate) }, func() { h.SetMonotonicRate(1_000_000_000) }
	default:
		to := c.members[rapid.IntRange(0, len(c.members)-1).Draw(t, "to")]
		slow := virtual.Latency{Base: span(t, "latency", 0, time.Second), Jitter: 300 * time.Millisecond}
		quick := virtual.Latency{Base: 200 * time.Microsecond, Jitter: 50 * time.Microsecond}
		return func() { c.world.SetLatency(h.ID(), to, slow) }, func() { c.world.SetLatency(h.ID(), to, quick) }
	}
}

// client reads and writes the register at random members until the storm is over, and writes down
// what it did.
func (c *cluster) client(number int, record func(porcupine.Operation)) {
	id := sim.HostID(fmt.Sprintf("client-%d", number))
	host := c.world.AddHost(id)
	host.Go("client", func(h sim.Host) {
		for count := 0; h.Now() < storm; count++ {
			h.Sleep(sim.Between(h, 0, 300*time.Millisecond))
			request := any("get")
			if h.Uint64()%2 == 0 {
				request = setTo(number*10_000 + count)
			}
			// An operation whose outcome is unknown may happen at any later time, so it is the
			// last one of its own client.
			op := porcupine.Operation{ClientId: number*10_000 + count, Input: request, Call: int64(c.world.Now()), Return: math.MaxInt64}
			to := c.members[h.Uint64()%uint64(len(c.members))]
			reply, err := host.Send(to, request).Wait(500 * time.Millisecond)
			_, write := request.(setTo)
			switch {
			case reply == any(notLeader{}): // refused, or reported lost: it will never happen
			case err == nil:
				op.Return, op.Output = int64(c.world.Now()), reply
				record(op)
			case write:
				record(op)
			}
		}
	})
}

// register is what the clients expect: a read returns what was written last.
var register = porcupine.Model{
	Init: func() any { return uint64(0) },
	Step: func(state, input, output any) (bool, any) {
		if v, ok := input.(setTo); ok {
			return true, uint64(v)
		}
		return output == state, state
	},
	Equal: func(a, b any) bool { return a == b },
}

// decisive leaves out writes of unknown outcome that nobody has read. Whether they happened makes
// no difference, but the search would try every place for each.
func decisive(all []porcupine.Operation) (kept []porcupine.Operation) {
	for _, op := range all {
		v, write := op.Input.(setTo)
		if !write || op.Output != nil || slices.ContainsFunc(all, func(r porcupine.Operation) bool { return r.Output == any(uint64(v)) }) {
			kept = append(kept, op)
		}
	}
	return kept
}

// weather is a cluster in a storm, and the operations of its clients.
func weather(t *rapid.T) (c *cluster, done *[]porcupine.Operation) {
	c = newCluster(rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]int{3, 5}).Draw(t, "members"), newInvariants(t))
	done = new([]porcupine.Operation)
	for n := range 3 {
		c.client(n+1, func(op porcupine.Operation) { *done = append(*done, op) })
	}
	for i := range c.members {
		c.trouble(t, i)
	}
	for at := time.Second; at < storm; at += time.Second {
		c.world.After(at, func() { c.watch.logsMatch(c.server) })
	}
	return c, done
}

func TestInAnyStormTheLogIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _ := weather(t)
		c.run(t, storm)
	})
}

func TestAfterAnyStormEverybodyServesAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _ := weather(t)
		served := false
		c.world.AddHost("late").Go("late", func(h sim.Host) {
			h.Sleep(storm)
			c.call(h, setTo(1))
			served = true
		})
		c.run(t, storm+calm)
		if !served {
			t.Fatalf("no write was served within %v after the storm: %v", calm, c.lines)
		}
		for i, s := range c.server { // a client's late request may have come after the write
			if s.Applied() != c.server[0].Applied() || c.value[i] != c.value[0] {
				t.Fatalf("after %v of calm %s has applied %d entries and %s %d: %+v", calm,
					c.members[i], s.Applied(), c.members[0], c.server[0].Applied(), s.Status())
			}
		}
	})
}

func TestClientsSeeOneRegisterInAnyStorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, done := weather(t)
		c.run(t, storm)
		if result := porcupine.CheckOperationsTimeout(register, decisive(*done), 10*time.Second); result != porcupine.Ok {
			t.Fatalf("%d operations on the register are not linearizable: %v", len(*done), result)
		}
	})
}
