package virtual

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// Kernels make connections. A paused process therefore delays no connection, but a host that is
// down or unreachable does. If nobody listens, the answer comes at once.
func TestAKernelConnectsAlsoWhileItsProcessesArePaused(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(w *World, server *Host)
		want string
	}{
		{"nothing", func(*World, *Host) {}, "true <nil> after 2ms"},
		{"paused", func(_ *World, s *Host) { s.pause() }, "true <nil> after 2ms"},
		{"nobody listens", func(_ *World, s *Host) { s.handle = nil }, "false <nil> after 2ms"},
		{"down", func(_ *World, s *Host) { s.Crash() }, "<nil> outcome unknown: no answer in time after 5s"},
		{"cut", func(w *World, s *Host) { w.Cut("client", "server") }, "<nil> outcome unknown: no answer in time after 5s"},
		{"down for 2 s", func(_ *World, s *Host) {
			s.Crash()
			s.world.Host("client").After(2*time.Second, s.Restart)
		}, "true <nil> after 3.004s"}, // tried again after 1 s, and after 2 s more
	} {
		got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
			server, client := w.AddHost("server"), w.AddHost("client")
			for _, way := range [][2]sim.HostID{{"client", "server"}, {"server", "client"}} {
				w.SetLatency(way[0], way[1], Latency{Base: time.Millisecond})
			}
			server.Boot(func() { server.Serve(func(sim.HostID, any) any { return "served" }) })
			client.Go("connects", func(h sim.Host) {
				c.do(w, server)
				reply, err := client.Connect("server").Wait(5 * time.Second)
				log("%v %v after %v", reply, err, h.Now())
			})
		})
		if len(got) != 1 || got[0][len(got[0])-len(c.want):] != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

// The next call uses the connection. The handshake itself is not a recorded message.
func TestAConnectionThatWasOpenedCarriesTheNextCall(t *testing.T) {
	w := New(1)
	server, client := w.AddHost("server"), w.AddHost("client")
	for _, way := range [][2]sim.HostID{{"client", "server"}, {"server", "client"}} {
		w.SetLatency(way[0], way[1], Latency{Base: time.Millisecond})
	}
	server.Serve(func(sim.HostID, any) any { return "served" })
	var took []time.Duration
	client.Go("calls", func(h sim.Host) {
		_, _ = client.Connect("server").Wait(time.Second)
		for range 2 {
			before := h.Now()
			_, _ = client.Send("server", "request").Wait(time.Second)
			took = append(took, h.Now()-before)
		}
	})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{2 * time.Millisecond, 2 * time.Millisecond}; !slices.Equal(took, want) {
		t.Errorf("the calls took %v, want %v", took, want)
	}
	if got := w.Traffic(); len(got) != 2 || got[0].Messages != 2 || got[1].Messages != 2 {
		t.Errorf("messages %v, want two each way", got)
	}
	w.Close()
}
