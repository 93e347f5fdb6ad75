package virtual

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// at is a step at a point of true time.
func at(when time.Duration, f sim.Fault) sim.Step {
	return sim.Step{When: sim.Trigger{After: when}, Do: f}
}

// unproven lists what the world said against its own faults.
func unproven(w *World) []string {
	var notes []string
	for _, e := range w.Events() {
		if e.Kind == sim.FaultUnproven {
			notes = append(notes, w.Faults()[e.Fault-1].Lane()+": "+e.Note)
		}
	}
	return notes
}

// ticker logs every second of its own clock.
func ticker(log func(string, ...any)) func(sim.Host) {
	return func(h sim.Host) {
		for range 4 {
			h.Sleep(time.Second)
			log("own clock %v, wall %v", h.Now(), h.Wall().Sub(Epoch))
		}
	}
}

func TestFaultsOfClocksShowOnTheClocksAndEnd(t *testing.T) {
	const s = time.Second
	onA := func(f sim.Fault) sim.Fault { f.Host = "a"; return f }
	clock := func(name sim.ClockName, f sim.Fault) sim.Fault {
		f.Kind, f.Clock = sim.ClockFault, name
		return onA(f)
	}
	for _, c := range []struct {
		name  string
		steps []sim.Step
		want  []string
	}{
		{"suspended, the monotonic clock stands still and the wall clock goes on",
			[]sim.Step{at(1500*time.Millisecond, onA(sim.Fault{Kind: sim.Suspend, For: 10 * s}))},
			[]string{"1s own clock 1s, wall 1s", "12s own clock 2s, wall 12s", "13s own clock 3s, wall 13s", "14s own clock 4s, wall 14s"}},
		{"two suspensions end with the later one",
			[]sim.Step{at(1500*time.Millisecond, onA(sim.Fault{Kind: sim.Suspend, For: 4 * s})), at(3*s, onA(sim.Fault{Kind: sim.Suspend, For: 5 * s}))},
			[]string{"1s own clock 1s, wall 1s", "8.5s own clock 2s, wall 8.5s", "9.5s own clock 3s, wall 9.5s", "10.5s own clock 4s, wall 10.5s"}},
		{"the wall clock is stepped and stays so",
			[]sim.Step{at(1500*time.Millisecond, clock(sim.WallClock, sim.Fault{Step: 5 * s}))},
			[]string{"1s own clock 1s, wall 1s", "2s own clock 2s, wall 7s", "3s own clock 3s, wall 8s", "4s own clock 4s, wall 9s"}},
		{"two steps, of which one is taken back",
			[]sim.Step{at(500*time.Millisecond, clock(sim.WallClock, sim.Fault{Step: -5 * s, For: 2 * s})), at(1500*time.Millisecond, clock(sim.WallClock, sim.Fault{Step: 1 * s}))},
			[]string{"1s own clock 1s, wall -4s", "2s own clock 2s, wall -2s", "3s own clock 3s, wall 4s", "4s own clock 4s, wall 5s"}},
		{"whoever waits on the monotonic clock wakes when that is stepped",
			[]sim.Step{at(1500*time.Millisecond, clock(sim.MonotonicClock, sim.Fault{Step: 5 * s}))},
			[]string{"1s own clock 1s, wall 1s", "1.5s own clock 6.5s, wall 1.5s", "2.5s own clock 7.5s, wall 2.5s", "3.5s own clock 8.5s, wall 3.5s"}},
		{"rates multiply, and end one by one",
			[]sim.Step{
				at(1*s, clock(sim.MonotonicClock, sim.Fault{Rate: 2 * sim.TrueRate, For: 1 * s})),
				at(1*s, clock(sim.MonotonicClock, sim.Fault{Rate: sim.TrueRate / 4, For: 4 * s})),
				at(1*s, clock(sim.WallClock, sim.Fault{Rate: sim.TrueRate / 2})),
			},
			// from 1 s on at half the rate, from 2 s on at a quarter, from 5 s on as it should
			[]string{"1s own clock 1s, wall 1s", "4s own clock 2s, wall 2.5s", "5.75s own clock 3s, wall 3.375s", "6.75s own clock 4s, wall 3.875s"}},
		{"a step is seen while the rate is changed as well",
			[]sim.Step{
				at(1*s, clock(sim.MonotonicClock, sim.Fault{Step: 3 * s, For: 2 * s})),
				at(2*s, clock(sim.MonotonicClock, sim.Fault{Rate: 3 * sim.TrueRate, For: 5 * s})),
			},
			[]string{"1s own clock 4s, wall 1s", "2s own clock 5s, wall 2s", "2.333333334s own clock 6.000000002s, wall 2.333333334s", "2.666666668s own clock 7.000000004s, wall 2.666666668s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w *World
			got := run(t, time.Minute, func(world *World, log func(string, ...any)) {
				w = world
				w.AddHost("a").Go("ticker", ticker(log))
				w.Direct(c.steps)
			})
			expect(t, got, c.want...)
			expect(t, unproven(w))
		})
	}
}

func TestCrashedHostsStartAgainFromTheirDisks(t *testing.T) {
	var w *World
	got := run(t, time.Minute, func(world *World, log func(string, ...any)) {
		w = world
		server, client := w.AddHost("server"), w.AddHost("client")
		counter(server, true)
		client.Go("calls", func(h sim.Host) {
			for range 8 {
				h.Sleep(time.Second)
				n, err := client.Send("server", nil).Wait(500 * time.Millisecond)
				log("%v %v", n, err == nil)
			}
		})
		w.Direct([]sim.Step{
			at(1500*time.Millisecond, sim.Fault{Kind: sim.Crash, Host: "server", For: 3 * time.Second}),
			at(2500*time.Millisecond, sim.Fault{Kind: sim.Crash, Host: "server", For: 3 * time.Second}),
		})
	})
	var counts []string
	for _, line := range got {
		counts = append(counts, strings.SplitN(line, " ", 2)[1])
	}
	expect(t, counts, "1 true", "<nil> false", "<nil> false", "<nil> false", "2 true", "3 true", "4 true", "5 true")
	expect(t, unproven(w))
}

func TestAFaultThatDidNotLastIsSaidToBeUnproven(t *testing.T) {
	for _, c := range []struct {
		name   string
		steps  []sim.Step
		meddle func(*World)
		want   string
	}{
		{"a pause that a crash ends", []sim.Step{
			at(1, sim.Fault{Kind: sim.Pause, Host: "a", For: 10}), at(5, sim.Fault{Kind: sim.Crash, Host: "a"}),
		}, nil, "pause a: before it was undone: a has crashed since"},
		{"a pause of a host that is down", []sim.Step{
			at(1, sim.Fault{Kind: sim.Crash, Host: "a"}), at(5, sim.Fault{Kind: sim.Suspend, Host: "a", For: 10}),
		}, nil, "suspend a: could not be applied: the host is down"},
		{"a pause that somebody ended", []sim.Step{at(1, sim.Fault{Kind: sim.Pause, Host: "a", For: 10})},
			func(w *World) { w.Host("a").resume(); w.Host("a").paused = 0 }, "pause a: before it was undone: a is not paused"},
		{"a suspension whose clock goes on", []sim.Step{at(1, sim.Fault{Kind: sim.Suspend, Host: "a", For: 10})},
			func(w *World) { w.Host("a").mono.Clock.SetRate(w.now, sim.TrueRate) }, "suspend a: before it was undone: its monotonic clock goes on"},
		{"a host that was switched on again", []sim.Step{at(1, sim.Fault{Kind: sim.Crash, Host: "b", For: 10})},
			func(w *World) { w.Host("b").Restart() }, "crash b: before it was undone: the host runs"},
		{"a host that nobody knows how to start", []sim.Step{at(1, sim.Fault{Kind: sim.Crash, Host: "a", For: 10})},
			nil, "crash a: could not be undone: nothing is known of how to start this host again"},
		{"a clock that was set right", []sim.Step{at(1, sim.Fault{Kind: sim.ClockFault, Clock: sim.WallClock, Host: "a", Step: 7, For: 10})},
			func(w *World) { w.Host("a").wall.Clock.Step(w.now, -7) }, "clock a wall +7ns: before it was undone: the clock of a is off by 0s, expected 7ns"},
		{"a clock that runs on as before", []sim.Step{at(1, sim.Fault{Kind: sim.ClockFault, Clock: sim.MonotonicClock, Host: "a", Rate: 2 * sim.TrueRate, For: 10})},
			func(w *World) { w.Host("a").mono.Clock.SetRate(w.now, sim.TrueRate) },
			"clock a monotonic ×2: before it was undone: the clock of a goes on by 1s in a second, expected 2s"},
		{"a link that was mended", []sim.Step{at(1, sim.Fault{Kind: sim.Partition, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, For: 10})},
			func(w *World) { w.Mend("b", "a") }, "partition a ↔ b: before it was undone: packets get through from b to a"},
		{"a link that is fast again", []sim.Step{at(1, sim.Fault{Kind: sim.Delay, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, By: 7, For: 10})},
			func(w *World) { w.link(w.Host("a"), w.Host("b")).extra = 0 },
			"delay a → b +7ns: before it was undone: packets from a to b are delayed by 0s, expected at least 7ns"},
		{"a link that loses nothing", []sim.Step{at(1, sim.Fault{Kind: sim.Drop, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, Probability: 0.5, For: 10})},
			func(w *World) { w.link(w.Host("a"), w.Host("b")).losses = []float64{0} },
			"drop a → b p=0.5: before it was undone: the link from a to b does not lose 0.5 of its packets"},
		{"a message that got through", []sim.Step{at(1, sim.Fault{Kind: sim.Hold, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, By: 10, For: 10})},
			func(w *World) {
				for _, e := range w.flying([]sim.Link{{From: "a", To: "b"}}) {
					w.schedule(e.timer, w.now)
				}
			}, "hold a → b +10ns: before it was undone: the message has arrived already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := New(1)
			defer w.Close()
			w.AddHost("a").Post("a", "never read")
			w.AddHost("b").Boot(func() {})
			w.Host("a").Post("b", "a message")
			w.Direct(c.steps)
			if c.meddle != nil {
				w.After(7, func() { c.meddle(w) })
			}
			if err := w.Run(time.Minute); err != nil {
				t.Fatal(err)
			}
			got := unproven(w)
			if len(got) == 0 || got[0] != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// calls makes a client call a server once a second, five times, and log when it was
// answered.
func calls(w *World, log func(string, ...any)) {
	server, client := w.AddHost("server"), w.AddHost("client")
	server.Serve(func(_ sim.HostID, request any) any { log("server reads %v", request); return request })
	for _, way := range [][2]sim.HostID{{"client", "server"}, {"server", "client"}} {
		w.SetLatency(way[0], way[1], Latency{Base: 100 * time.Millisecond})
	}
	for i := range 4 {
		client.Go("call", func(h sim.Host) {
			h.Sleep(time.Duration(i) * time.Second)
			reply, _ := client.Send("server", i).Wait(sim.Forever)
			log("client reads %v", reply)
		})
	}
}

func TestFaultsOfLinksDoWhatTheySayAndEnd(t *testing.T) {
	const ms = time.Millisecond
	hosts := func(ids ...sim.HostID) []sim.HostID { return ids }
	there := sim.Fault{From: hosts("client"), To: hosts("server")}
	link := func(kind sim.FaultKind, f sim.Fault) sim.Fault {
		f.Kind, f.From, f.To = kind, there.From, there.To
		return f
	}
	for _, c := range []struct {
		name  string
		steps []sim.Step
		want  []string
	}{
		{"nothing", nil, []string{
			"300ms server reads 0", "400ms client reads 0", "1.1s server reads 1", "1.2s client reads 1",
			"2.1s server reads 2", "2.2s client reads 2", "3.1s server reads 3", "3.2s client reads 3"}},
		{"cut one way, requests get through and answers arrive after the heal", []sim.Step{
			at(500*ms, sim.Fault{Kind: sim.Partition, From: hosts("server"), To: hosts("client"), OneWay: true, For: 1500 * ms}),
		}, []string{
			"300ms server reads 0", "400ms client reads 0", "1.1s server reads 1",
			"2.3s server reads 2", "2.4s client reads 2", "2.7s client reads 1", "3.1s server reads 3", "3.2s client reads 3"}},
		{"cut both ways twice, it heals when both are over", []sim.Step{
			at(500*ms, link(sim.Partition, sim.Fault{For: 1000 * ms})),
			at(600*ms, sim.Fault{Kind: sim.Partition, Groups: [][]sim.HostID{hosts("client"), hosts("server")}, For: 1500 * ms}),
		}, []string{
			"300ms server reads 0", "400ms client reads 0",
			"2.3s server reads 2", "2.4s client reads 2", "2.6s server reads 1", "2.7s client reads 1", "3.1s server reads 3", "3.2s client reads 3"}},
		{"delays add up, one way, and handshakes feel them too", []sim.Step{
			at(0, link(sim.Delay, sim.Fault{By: 20 * ms, For: 1500 * ms})),
			at(500*ms, link(sim.Delay, sim.Fault{By: 50 * ms})),
		}, []string{
			"360ms server reads 0", "460ms client reads 0", "1.17s server reads 1", "1.27s client reads 1",
			"2.15s server reads 2", "2.25s client reads 2", "3.15s server reads 3", "3.25s client reads 3"}},
		{"the message on its way is held, others overtake it on their own connections", []sim.Step{
			at(1050*ms, link(sim.Hold, sim.Fault{By: 1500 * ms, For: 1500 * ms})),
		}, []string{
			"300ms server reads 0", "400ms client reads 0", "2.3s server reads 2", "2.4s client reads 2",
			"2.6s server reads 1", "2.7s client reads 1", "3.1s server reads 3", "3.2s client reads 3"}},
		{"the next message is held when none is on its way", []sim.Step{
			at(500*ms, link(sim.Hold, sim.Fault{By: 700 * ms, For: 700 * ms})),
		}, []string{
			"300ms server reads 0", "400ms client reads 0", "1.8s server reads 1", "1.9s client reads 1",
			"2.1s server reads 2", "2.2s client reads 2", "3.1s server reads 3", "3.2s client reads 3"}},
		{"what is certainly lost is sent again, after twice as long each time", []sim.Step{
			at(500*ms, link(sim.Drop, sim.Fault{Probability: 1, For: 1000 * ms})),
		}, []string{
			"300ms server reads 0", "400ms client reads 0", "1.9s server reads 1", "2s client reads 1",
			"2.3s server reads 2", "2.4s client reads 2", "3.1s server reads 3", "3.2s client reads 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w *World
			got := run(t, time.Minute, func(world *World, log func(string, ...any)) {
				w = world
				calls(w, log)
				w.Direct(c.steps)
			})
			expect(t, got, c.want...)
			expect(t, unproven(w))
		})
	}
}

func TestAPauseThatACrashEndedDoesNotWeakenTheNext(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a").Boot(func() {})
	w.Direct([]sim.Step{
		at(1, sim.Fault{Kind: sim.Pause, Host: "a", For: 10}),
		at(3, sim.Fault{Kind: sim.Crash, Host: "a", For: 2}),
		at(20, sim.Fault{Kind: sim.Pause, Host: "a", For: 5}),
	})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	expect(t, unproven(w), "pause a: before it was undone: a has crashed since")
}

// posts makes host a post messages to b and c, a second apart.
func posts(w *World, log func(string, ...any)) {
	a := w.AddHost("a")
	for i, to := range []sim.HostID{"b", "b", "c"} {
		if i != 1 {
			w.AddHost(to).Receive(func(_ sim.HostID, message any) { log("%s reads %v", to, message) })
			w.SetLatency("a", to, Latency{Base: 100 * time.Millisecond})
		}
		w.After(time.Duration(i+1)*time.Second, func() { a.Post(to, i) })
	}
}

func TestWhatIsSentAfterAHeldMessageOverTheSameConnectionWaitsBehindIt(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		posts(w, log)
		w.Direct([]sim.Step{at(1050*time.Millisecond, sim.Fault{Kind: sim.Hold, From: []sim.HostID{"a"}, To: []sim.HostID{"b"}, By: 5 * time.Second, For: 5 * time.Second})})
	})
	expect(t, got, "3.1s c reads 2", "6.1s b reads 0", "6.1s b reads 1")
}

func TestOnlyTheNextMessageOfSeveralLinksIsHeld(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		posts(w, log)
		w.Direct([]sim.Step{at(0, sim.Fault{Kind: sim.Hold, From: []sim.HostID{"a"}, To: []sim.HostID{"b", "c"}, By: 500 * time.Millisecond, For: 500 * time.Millisecond})})
	})
	expect(t, got, "1.6s b reads 0", "2.1s b reads 1", "3.1s c reads 2")
}

func TestALinkLosesAsOftenAsItIsAsked(t *testing.T) {
	l := &link{random: sim.NewRandom(1, "link")}
	lose := func(faults ...float64) int {
		l.losses = faults
		lost := 0
		for range 10_000 {
			if l.loses() {
				lost++
			}
		}
		return lost
	}
	for _, c := range []struct {
		faults []float64
		want   int
	}{{nil, 0}, {[]float64{0.3}, 3000}, {[]float64{0.5, 0.5}, 7500}, {[]float64{1}, 10_000}} {
		if got := lose(c.faults...); got < c.want-200 || got > c.want+200 {
			t.Errorf("with %v it lost %d of 10000 packets, want about %d", c.faults, got, c.want)
		}
	}
}

func TestAHandlerWhoseHostCrashesEndsWhereItRecords(t *testing.T) {
	w := New(1)
	defer w.Close()
	h := w.AddHost("server")
	boots := 0
	h.Boot(func() {
		boots++
		h.Receive(func(sim.HostID, any) {
			h.Record(sim.Event{Kind: sim.Granted})
			h.Disk().Write("vote", "given")
			h.Disk().Sync(func() {})
		})
	})
	w.AddHost("client").Post("server", "a request")
	w.Direct([]sim.Step{{When: sim.Trigger{Host: "server", Kind: sim.Granted, Nth: 1}, Do: sim.Fault{Kind: sim.Crash, Host: "server", For: time.Second}}})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	if kept, ok := h.Disk().Read("vote"); ok || boots != 2 {
		t.Errorf("the disk has %v after %d boots, want nothing after 2: the handler went on in a host that was down", kept, boots)
	}
	expect(t, unproven(w))
}

func TestRolesOfTheLockServiceAreAskedWhenTheStepFires(t *testing.T) {
	w := New(1)
	defer w.Close()
	for _, id := range []sim.HostID{"etcd-1", "etcd-2", "client-1"} {
		w.AddHost(id).Boot(func() {})
	}
	leader := sim.HostID("etcd-1")
	w.SetRoles(func(role string) []sim.HostID {
		if role == "leader" {
			return []sim.HostID{leader}
		}
		return nil
	})
	w.Direct([]sim.Step{
		{When: sim.Trigger{After: 1}, Every: 10, Times: 2, Do: sim.Fault{Kind: sim.Crash, Host: sim.Leader, For: 5}},
		{When: sim.Trigger{After: 3}, Do: sim.Fault{Kind: sim.Pause, Host: sim.Master, For: 5}},
	})
	w.After(7, func() { leader = "etcd-2" })
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range w.Events() {
		if e.Kind == sim.FaultApplied || e.Kind == sim.FaultUnproven {
			got = append(got, strings.TrimSpace(string(e.Host)+" "+w.Faults()[e.Fault-1].Lane()+": "+e.Note))
		}
	}
	expect(t, got, "etcd-1 crash leader: leader: etcd-1",
		"pause master: could not be applied: the lock service has no master at this moment, or never has one",
		"etcd-2 crash leader: leader: etcd-2")
}
