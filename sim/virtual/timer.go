package virtual

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Places of a timer that is not in the queue.
const (
	nowhere int32 = -1 // idle
	waiting int32 = -2 // it came due while the host was paused; in the host's backlog
	stalled int32 = -3 // it waits on a stopped clock; in the host's stalled list
)

// timer is something that will happen: a process wakes, a message arrives, a callback runs. It
// is embedded in what it belongs to, so that queueing it allocates nothing.
type timer struct {
	place  int32
	clock  *hostClock    // the clock that due refers to; nil means true time
	due    time.Duration // reading of clock at which the timer fires
	host   *Host         // the timer waits while this host is paused; nil means the world itself
	proc   *process      // wakes this process, or
	holds  *packet       // lets this packet arrive, or
	awaits *Call         // ends the wait for this call's reply, or
	run    func()        // runs this
}

// schedule queues t at a point of true time, replacing an earlier one.
func (w *World) schedule(t *timer, at time.Duration) {
	w.cancel(t)
	t.clock = nil
	if at != sim.Forever {
		w.enqueue(t, max(at, w.now))
	}
}

// scheduleLocal queues t for the moment when its host's monotonic clock shows due.
func (w *World) scheduleLocal(t *timer, due time.Duration) { w.scheduleOn(&t.host.mono, t, due) }

// scheduleOn queues t for the moment when the given clock of its host shows due.
func (w *World) scheduleOn(clock *hostClock, t *timer, due time.Duration) {
	at := clock.When(w.now, due)
	w.schedule(t, at)
	t.clock, t.due = clock, due
	if at == sim.Forever && due != sim.Forever {
		t.place = stalled
		t.host.stalled = append(t.host.stalled, t)
	}
}

// cancel removes t from wherever it waits.
func (w *World) cancel(t *timer) {
	switch {
	case t.place >= 0:
		w.queue.remove(t)
	case t.place <= inSoon:
		w.soon.remove(t)
	case t.place == waiting:
		t.host.backlog = without(t.host.backlog, t)
	case t.place == stalled:
		t.host.stalled = without(t.host.stalled, t)
	}
	t.place = nowhere
}

func without(list []*timer, t *timer) []*timer {
	i := slices.Index(list, t)
	return slices.Delete(list, i, i+1)
}

// Timer is a callback requested by a host.
type Timer struct {
	world *World
	timer timer
}

// After calls f once d has passed on the host's monotonic clock, but not while the host is
// paused. f runs outside any process and must not block.
func (h *Host) After(d time.Duration, f func()) *Timer {
	t := &Timer{world: h.world, timer: timer{place: nowhere, host: h, run: f}}
	h.world.scheduleLocal(&t.timer, sim.AddCapped(h.Now(), d))
	return t
}

// AtWall calls f once the host's wall clock shows at, but not while the host is paused. If the
// clock is stepped, changes its rate or passes a suspension, the call comes earlier or later
// with it, as if the host kept polling its wall clock. f runs outside any process and must not
// block.
func (h *Host) AtWall(at time.Time, f func()) *Timer {
	t := &Timer{world: h.world, timer: timer{place: nowhere, host: h, run: f}}
	h.world.scheduleOn(&h.wall, &t.timer, at.Sub(Epoch))
	return t
}

// Reset makes the callback run once d has passed on its host's monotonic clock, whether it has run or
// not, and not at the time that was set before.
func (t *Timer) Reset(d time.Duration) {
	h := t.timer.host
	t.world.scheduleLocal(&t.timer, sim.AddCapped(h.Now(), d))
}

// Stop cancels the callback. It does nothing if the callback has already run.
func (t *Timer) Stop() { t.world.cancel(&t.timer) }
