package zookeeper

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// roundToNextInterval of ExpiryQueue: (time / interval + 1) * interval.
func TestASessionEndsAtTheFirstTickAfterItsTime(t *testing.T) { // Z3
	const tick = 2 * time.Second
	for _, c := range []struct{ phase, heard, ends time.Duration }{
		{0, 3 * time.Second, 14 * time.Second},
		{0, 3999 * time.Millisecond, 14 * time.Second},
		{0, 4 * time.Second, 16 * time.Second}, // not at the tick at which its time is up, but at the next
		{500 * time.Millisecond, 3 * time.Second, 13500 * time.Millisecond},
		{500 * time.Millisecond, 3500 * time.Millisecond, 15500 * time.Millisecond},
	} {
		book := tracker{tick: tick, phase: c.phase}
		book.add(0, 1, ttl, connID{})
		if !book.touch(c.heard, 1) {
			t.Fatal("the session is not known")
		}
		if got := book.find(1).ends; got != c.ends {
			t.Errorf("ticks begin at -%v: heard at %v, a session of %v ends at %v, expected %v", c.phase, c.heard, ttl, got, c.ends)
		}
		if book.expire(c.ends-1) != nil || len(book.expire(c.ends)) != 1 {
			t.Errorf("heard at %v, it has not ended at %v", c.heard, c.ends)
		}
	}
}

// The leader hears of a follower's clients when the follower answers its ping, every half tick:
// Leader.lead, Learner.ping, LearnerHandler.run.
func TestASessionServedByAFollowerEndsUpToHalfATickLaterStill(t *testing.T) { // Z3
	const tick, seeds, slack = 2 * time.Second, 200, 10 * time.Millisecond
	for server, report := range map[sim.HostID]time.Duration{"zk-1": 0, "zk-2": tick / 2} { // zk-1 leads
		var least, most, sum time.Duration = ttl, 0, 0
		for seed := range uint64(seeds) {
			c := newTester(t, "zookeeper", seed)
			c.post(time.Second, server, c.hello(1, 0))
			heard := 2*time.Second + time.Duration(seed)*13*time.Millisecond
			c.post(heard, server, ask(1, 1, askCreate))
			late := time.Duration(0)
			for _, e := range c.Run(20 * time.Second).Events {
				if e.Kind == sim.Expired {
					late = e.At - heard - ttl
				}
			}
			least, most, sum = min(least, late), max(most, late), sum+late
		}
		if least <= 0 || most > tick+report+slack || most < (tick+report)*9/10 {
			t.Errorf("at %s sessions end from %v to %v after their time, expected up to %v", server, least, most, tick+report)
		}
		if mean, want := sum/seeds, (tick+report)/2; mean < want-tick/10 || mean > want+tick/10 {
			t.Errorf("at %s sessions end %v after their time on average, expected about %v", server, mean, want)
		}
	}
}
