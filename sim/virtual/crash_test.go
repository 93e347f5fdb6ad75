package virtual

import (
	"errors"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// counter is a server that keeps on its disk how many requests it has served.
func counter(h *Host, sync bool) {
	h.Boot(func() {
		n := 0
		if kept, ok := h.Disk().Read("count"); ok {
			n = kept.(int)
		}
		h.Serve(func(sim.HostID, any) any {
			n++
			h.Disk().Write("count", n)
			if sync {
				h.Disk().Sync(func() {})
			}
			return n
		})
	})
}

func TestACrashLosesWhatWasNotSynced(t *testing.T) {
	for _, c := range []struct {
		sync bool
		want string
	}{{false, "1"}, {true, "3"}} {
		got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
			server, client := w.AddHost("server"), w.AddHost("client")
			counter(server, c.sync)
			client.Go("calls", func(h sim.Host) {
				for range 2 {
					_, _ = client.Send("server", nil).Wait(time.Second)
				}
				server.Crash()
				server.Crash()
				_, err := client.Send("server", nil).Wait(time.Second)
				log("down: %v", errors.Is(err, sim.ErrUnknown))
				server.Restart()
				server.Restart()
				n, err := client.Send("server", nil).Wait(time.Second)
				log("%v %v", n, err)
			})
		})
		if len(got) != 2 || got[0][len(got[0])-4:] != "true" || got[1][len(got[1])-len(c.want+" <nil>"):] != c.want+" <nil>" {
			t.Errorf("sync %v: got %q, want the count %s after the restart", c.sync, got, c.want)
		}
	}
}

func TestWhatBelongsToAnEarlierLifeGoesNowhere(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		server, client := w.AddHost("server"), w.AddHost("client")
		var keep func(any)
		server.Boot(func() {
			server.ServeLater(func(_ sim.HostID, request any, call *Call) {
				log("server reads %v", request)
				keep = call.Reply
			})
			server.Receive(func(_ sim.HostID, message any) { log("server receives %v", message) })
			server.After(10*time.Second, func() { log("the timer of a life that began at %v", w.Now()-10*time.Second) })
			server.Go("idles", func(h sim.Host) {
				defer log("a process ends")
				h.Sleep(sim.Forever)
			})
		})
		for _, way := range [][2]sim.HostID{{"client", "server"}, {"server", "client"}} {
			w.SetLatency(way[0], way[1], Latency{Base: 100 * time.Millisecond})
		}
		client.Go("calls", func(h sim.Host) {
			call := client.Send("server", "a") // arrives at 300 ms, after the handshake
			h.Sleep(time.Second)
			client.Post("server", "lost on the way")
			old := keep
			server.Crash()
			server.Restart()
			old("an answer of the earlier life")
			_, err := call.Wait(time.Second)
			log("unknown: %v", errors.Is(err, sim.ErrUnknown))
			client.Post("server", "to the new life")
		})
	})
	expect(t, got, "300ms server reads a", "1s a process ends", "2s unknown: true",
		"2.1s server receives to the new life", "11s the timer of a life that began at 1s")
}

// A crashed machine sends nothing; packets it sent before the crash still arrive.
func TestAMachineThatIsOffSendsNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		cut     bool // from the start until 2 s, so that everything sent is lost
		crash   time.Duration
		restart time.Duration
		want    []string
	}{
		{"a packet that was lost is not sent again", true, time.Second, time.Minute, nil},
		{"nor after the machine is back", true, time.Second, 3 * time.Second, []string{"4.1s post of the new life"}},
		{"what stays on sends it again", true, time.Minute, time.Minute, []string{"3.2s post", "3.4s request", "4.1s post of the new life"}},
		{"a request that waits for its handshake never leaves", false, 150 * time.Millisecond, time.Minute, []string{"100ms post"}},
		{"a request that has left arrives", false, 250 * time.Millisecond, time.Minute, []string{"100ms post", "300ms request"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, 50*time.Second, func(w *World, log func(string, ...any)) {
				a, b := w.AddHost("a"), w.AddHost("b")
				b.Receive(func(_ sim.HostID, message any) { log("%v", message) })
				b.Serve(func(_ sim.HostID, request any) any { log("%v", request); return nil })
				w.SetLatency("a", "b", Latency{Base: 100 * time.Millisecond})
				if c.cut {
					w.Cut("a", "b")
				}
				a.Post("b", "post")
				a.Send("b", "request")
				w.After(2*time.Second, func() {
					if c.cut {
						w.Mend("a", "b")
					}
				})
				w.After(c.crash, a.Crash)
				w.After(c.restart, a.Restart)
				w.After(4*time.Second, func() {
					if !a.Down() {
						a.Post("b", "post of the new life")
					}
				})
			})
			expect(t, got, c.want...)
		})
	}
}

func TestAProcessThatCrashesItsOwnHostEndsWhereItRecords(t *testing.T) {
	w := New(1)
	defer w.Close()
	h := w.AddHost("client-1")
	h.Go("work", func(h sim.Host) {
		h.Record(sim.Event{Kind: sim.Acquired})
		t.Error("a crashed host went on")
	})
	w.director = sim.NewDirector(crasher{w}, []sim.Step{{
		When: sim.Trigger{Host: "client-1", Kind: sim.Acquired, Nth: 1}, Do: sim.Fault{Kind: sim.Pause, Host: "client-1"},
	}})
	if err := w.Run(time.Second); err != nil {
		t.Fatal(err)
	}
	if len(w.processes) != 0 {
		t.Errorf("%d processes are left", len(w.processes))
	}
}

// crasher is a world in which every fault is a crash.
type crasher struct{ *World }

func (c crasher) Apply(f sim.Fault) error { c.Host(f.Host).Crash(); return nil }

func TestPostedMessagesArriveInOrder(t *testing.T) {
	w := New(3)
	defer w.Close()
	a, b := w.AddHost("a"), w.AddHost("b")
	w.SetLatency("a", "b", Latency{Jitter: time.Second})
	var got []any
	b.Receive(func(from sim.HostID, message any) { got = append(got, message) })
	for i := range 10 {
		w.After(time.Duration(i)*time.Millisecond, func() { a.Post("b", i) })
	}
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	for i, m := range got {
		if m != i {
			t.Fatalf("arrived in the order %v", got)
		}
	}
	if len(got) != 10 {
		t.Errorf("%d of 10 arrived", len(got))
	}
}
