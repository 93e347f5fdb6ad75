package virtual

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// echo is a client and a server that returns each request, 100 ms away.
func echo(log func(string, ...any), w *World) (client, server *Host) {
	client, server = w.AddHost("client"), w.AddHost("server")
	server.Serve(func(_ sim.HostID, request any) any {
		log("server reads %v", request)
		return request
	})
	w.SetLatency("client", "server", Latency{Base: 100 * time.Millisecond})
	w.SetLatency("server", "client", Latency{Base: 100 * time.Millisecond})
	return client, server
}

func TestFirstCallPaysForTheHandshakeAndLaterOnesDoNot(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		client, _ := echo(log, w)
		client.Go("calls", func(h sim.Host) {
			for i := range 2 {
				reply, err := client.Send("server", i).Wait(time.Second)
				log("client has %v %v", reply, err)
			}
		})
	})
	expect(t, got, "300ms server reads 0", "400ms client has 0 <nil>", "500ms server reads 1", "600ms client has 1 <nil>")
}

func TestTimedOutRequestIsCarriedOutAllTheSame(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		client, _ := echo(log, w)
		client.Go("calls", func(h sim.Host) {
			_, err := client.Send("server", "a").Wait(50 * time.Millisecond)
			log("unknown: %v", errors.Is(err, sim.ErrUnknown))
			reply, err := client.Send("server", "b").Wait(time.Second)
			log("client has %v %v", reply, err) // and not the late reply to a
		})
	})
	expect(t, got, "50ms unknown: true", "300ms server reads a", "350ms server reads b", "450ms client has b <nil>")
}

// A packet that meets a partition arrives after the heal, at the next retransmission: here 200,
// 400, 800 and 1600 ms after it was lost, the last one after the heal.
func TestPacketThatMeetsAPartitionArrivesLate(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		client, _ := echo(log, w)
		client.Go("calls", func(h sim.Host) {
			_, _ = client.Send("server", "opens the connection").Wait(time.Second)
			h.Sleep(600 * time.Millisecond) // 1 s
			w.Cut("client", "server")
			w.After(2*time.Second, func() { w.Mend("client", "server") })
			_, err := client.Send("server", "late").Wait(time.Second)
			log("unknown: %v", errors.Is(err, sim.ErrUnknown))
		})
	})
	expect(t, got[1:], "2s unknown: true", "4.2s server reads late")
}

func TestWhatIsSentAfterALostPacketWaitsBehindIt(t *testing.T) {
	w := New(1)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	var got []string
	p := newPipe(w, a, b)
	deliver := func(name string) func() {
		return func() { got = append(got, fmt.Sprintf("%v %s", w.Now().Round(100*time.Millisecond), name)) }
	}
	w.Cut("a", "b")
	p.send(0, cargo{do: deliver("first")}, false)
	w.After(100*time.Millisecond, func() { w.Mend("a", "b"); p.send(0, cargo{do: deliver("second")}, false) })
	w.After(5*time.Second, func() { p.send(0, cargo{do: deliver("third")}, false) })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	expect(t, got, "200ms first", "200ms second", "5s third")
}

func TestOneDirectionOfAConnectionDeliversInOrder(t *testing.T) {
	w := New(7)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	w.SetLatency("a", "b", Latency{Jitter: time.Second})
	p := newPipe(w, a, b)
	var got []string
	for i := range 20 {
		w.After(time.Duration(i)*10*time.Millisecond, func() {
			p.send(0, cargo{do: func() { got = append(got, fmt.Sprint(i)) }}, false)
		})
	}
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19" {
		t.Errorf("arrived in the order %v", got)
	}
}

func TestTheSeedDecidesHowLongPacketsTake(t *testing.T) {
	first := func(seed uint64) time.Duration {
		w := New(seed)
		return w.link(w.AddHost("a"), w.AddHost("b")).travel()
	}
	one, again, other := first(1), first(1), first(2)
	if one != again || one == other {
		t.Errorf("seed 1 gives %v and then %v, seed 2 gives %v", one, again, other)
	}
}
