package virtual

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// state shows everything that a fault can change about host a, its clocks, and the link from it
// to b.
func state(w *World, h *Host, call *packet) string {
	l := w.link(h, w.Host("b"))
	at, _ := w.arrival(call)
	return fmt.Sprintf("down %v, paused %v, own clock stands %v, wall clock off by %v, disk stalls %v, cut %v, delayed by %v, loses %v, message at %v",
		h.down, h.paused > 0, h.mono.stopped > 0, h.wall.At(w.now)-h.mono.At(w.now), h.Disk().Stalled(), l.cut > 0, l.extra, l.losses, at)
}

// Each kind of fault has one effect, in the table of what it is done to, and nothing else has.
func TestEveryKindOfFaultHasOneEffect(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		if hosts, links := hostEffects[kind] != nil, linkEffects[kind] != nil; hosts == kind.OnLinks() || links != kind.OnLinks() {
			t.Errorf("%s is done to links: %v; it has an effect on hosts: %v, and on links: %v", kind, kind.OnLinks(), hosts, links)
		}
	}
	if have, want := len(hostEffects)+len(linkEffects), len(sim.FaultKinds()); have != want {
		t.Errorf("there are %d effects, and %d kinds of fault", have, want)
	}
}

// Each kind of fault has an effect of its own, which its probe confirms: no kind runs as another
// one.
func TestEveryKindOfFaultDoesSomethingOfItsOwn(t *testing.T) {
	does := map[string]sim.FaultKind{}
	for _, kind := range sim.FaultKinds() {
		w := New(1)
		a, b := w.AddHost("a"), w.AddHost("b")
		b.Receive(func(sim.HostID, any) {})
		a.Post("b", "message")
		flying := w.flying([]sim.Link{{From: "a", To: "b"}})
		if len(flying) != 1 {
			t.Fatalf("%d messages are on their way", len(flying))
		}
		call := flying[0].timer.holds
		before := state(w, a, call)
		f := sim.Fault{Kind: kind, Host: "a", Clock: sim.WallClock, Step: time.Hour, By: time.Minute, Probability: 0.5}
		if kind.OnLinks() {
			f.Host, f.From, f.To, f.OneWay = "", []sim.HostID{"a"}, []sim.HostID{"b"}, true
		}
		if err := w.Apply(f); err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if err := w.Probe(f); err != nil {
			t.Errorf("%s is not proven: %v", kind, err)
		}
		after := state(w, a, call)
		if after == before {
			t.Errorf("%s does nothing", kind)
		}
		if other, same := does[after]; same {
			t.Errorf("%s does what %s does: %s", kind, other, after)
		}
		does[after] = kind
		if stops := a.down || a.paused > 0; stops != kind.StopsHost() {
			t.Errorf("%s stops its host: %v, and should: %v", kind, stops, kind.StopsHost())
		}
		w.Close()
	}
}

func TestAFaultThatTheWorldDoesNotKnowIsRefusedAndRecordedAsUnproven(t *testing.T) {
	w := New(1)
	w.AddHost("a")
	if err := w.Can("stall"); err == nil {
		t.Error("the world can do a fault that does not exist")
	}
	if err := w.Apply(sim.Fault{Kind: "stall", Host: "a", From: []sim.HostID{"a"}, To: []sim.HostID{"a"}}); err == nil {
		t.Error("it was done")
	}
	w.Direct([]sim.Step{at(time.Second, sim.Fault{Kind: "stall", Host: "a", For: time.Second})})
	if err := w.Run(time.Minute); err != nil {
		t.Fatal(err)
	}
	var about []sim.Event
	for _, e := range w.Events() {
		if e.Fault != 0 {
			about = append(about, e)
		}
	}
	if len(about) != 1 || about[0].Kind != sim.FaultUnproven || !strings.Contains(about[0].Note, `no fault "stall"`) {
		t.Errorf("recorded %v", about)
	}
}

func TestAClockThatNoHostHasIsRefused(t *testing.T) {
	w := New(1)
	defer w.Close()
	w.AddHost("a")
	for _, f := range []sim.Fault{{Step: time.Second}, {Rate: 2 * sim.TrueRate}, {Clock: "sundial", Step: time.Second}} {
		f.Kind, f.Host = sim.ClockFault, "a"
		if err := w.Apply(f); err == nil || !strings.Contains(err.Error(), "no clock") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
