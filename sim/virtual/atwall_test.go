package virtual

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// Code that polls its wall clock sees a point in time as soon as the clock reaches it, however
// the clock got there.
func TestAtWallFollowsTheWallClock(t *testing.T) {
	const s = time.Second
	wall := func(f sim.Fault) sim.Fault {
		f.Kind, f.Host, f.Clock = sim.ClockFault, "a", sim.WallClock
		return f
	}
	for _, c := range []struct {
		name  string
		steps []sim.Step
		want  string
	}{
		{"left alone", nil, "10s own clock 10s, wall 10s"},
		{"stepped forward past the time", []sim.Step{at(4*s, wall(sim.Fault{Step: 20 * s}))}, "4s own clock 4s, wall 24s"},
		{"stepped forward, but not so far", []sim.Step{at(4*s, wall(sim.Fault{Step: 5 * s}))}, "5s own clock 5s, wall 10s"},
		{"stepped back", []sim.Step{at(4*s, wall(sim.Fault{Step: -5 * s}))}, "15s own clock 15s, wall 10s"},
		{"stepped back for a while", []sim.Step{at(4*s, wall(sim.Fault{Step: -5 * s, For: 8 * s}))}, "12s own clock 12s, wall 12s"},
		{"twice as fast", []sim.Step{at(4*s, wall(sim.Fault{Rate: 2 * sim.TrueRate}))}, "7s own clock 7s, wall 10s"},
		{"suspended meanwhile", []sim.Step{at(4*s, sim.Fault{Kind: sim.Suspend, Host: "a", For: 20 * s})}, "24s own clock 4s, wall 24s"},
		{"suspended before", []sim.Step{at(4*s, sim.Fault{Kind: sim.Suspend, Host: "a", For: 3 * s})}, "10s own clock 7s, wall 10s"},
		{"paused meanwhile", []sim.Step{at(4*s, sim.Fault{Kind: sim.Pause, Host: "a", For: 20 * s})}, "24s own clock 24s, wall 24s"},
		{"the other clock is stepped", []sim.Step{at(4*s, sim.Fault{Kind: sim.ClockFault, Host: "a", Clock: sim.MonotonicClock, Step: 20 * s})}, "10s own clock 30s, wall 10s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
				h := w.AddHost("a")
				h.AtWall(Epoch.Add(10*s), func() { log("own clock %v, wall %v", h.Now(), h.Wall().Sub(Epoch)) })
				h.AtWall(Epoch.Add(9*s), func() { log("must not happen") }).Stop()
				w.Direct(c.steps)
			})
			expect(t, got, c.want)
		})
	}
}

func TestAtWallIsGoneAfterACrash(t *testing.T) {
	got := run(t, time.Minute, func(w *World, log func(string, ...any)) {
		h := w.AddHost("a")
		h.AtWall(Epoch.Add(10*time.Second), func() { log("must not happen") })
		w.After(time.Second, func() { h.Crash(); h.Restart() })
	})
	expect(t, got)
}
