//go:build linux

package live

import (
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/pace"
)

// bearable returns how late a process of the trial may be; 0 means that lateness is not
// measured.
func (w *World) bearable() time.Duration {
	if w.Pace == nil {
		return 0
	}
	return w.Pace.Bearable()
}

// measure measures the harness and the network until stop is called. Processes of duties measure
// themselves.
func (w *World) measure() (stop func()) {
	if w.Pace == nil {
		return func() {}
	}
	over := make(chan struct{})
	own := pace.Start(w.bearable(), func(at time.Duration, b pace.Beat) { w.woke("", at, b) })
	var travelling sync.WaitGroup
	travelling.Go(func() { w.travel(over) })
	return sync.OnceFunc(func() {
		own.Stop()
		close(over)
		travelling.Wait()
	})
}

// travel sends one message in each pulse period, in turn from each host to the next and back,
// until over is closed.
func (w *World) travel(over <-chan struct{}) {
	agents := w.lab.all()
	if len(agents) < 2 {
		return
	}
	next := time.NewTicker(pace.Period(w.bearable()))
	defer next.Stop()
	for i := 0; ; i = (i + 1) % len(agents) {
		from, to := agents[i], agents[(i+1)%len(agents)]
		took, err := w.lab.network.RoundTrip(from.number(), to.number(), over)
		if err != nil {
			return // the lab is being closed, or a port is broken, which the lab reports itself
		}
		if at, took := w.during(clock.Now(), took); took > 0 {
			w.pace.Came(from.id, to.id, at, took)
		}
		select {
		case <-next.C:
		case <-over:
			return
		}
	}
}

// woke records how late the pulse of a process on this host was at a moment of the machine's
// clock.
func (w *World) woke(host sim.HostID, at time.Duration, b pace.Beat) {
	at, b.Late = w.during(at, b.Late)
	w.pace.Woke(host, at, b)
}

// during clips a duration that ended at a moment of the machine's clock to the trial. It returns
// the length of the part within the trial and the trial time at which that part ended.
func (w *World) during(at, length time.Duration) (until, part time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := max(at-length, w.zero)
	at = min(at, w.closing)
	return w.since(at), max(0, at-from)
}

// keepPace stores the measurements.
func (w *World) keepPace() {
	late := w.pace.Finish(w.lab.hosts())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, late...)
}

// carriedOut records how late the harness was with a step, which took effect at this moment of
// the machine's clock. The delay does not count against what the harness does next.
func (w *World) carriedOut(at time.Duration, what string) {
	due := w.due
	w.due = max(due, clock.Now())
	if w.zero == clock.Never || w.over || w.Pace == nil { // before the start nobody waits, and after the end nothing counts
		return
	}
	w.pace.CarriedOut(w.since(at), at-max(due, w.zero), what)
}

// switchedOn records how long it took to start a host's programs and to reconnect its cable,
// counted from due on the machine's clock.
func (w *World) switchedOn(host sim.HostID, due time.Duration) {
	if w.zero == clock.Never || w.over || w.Pace == nil {
		return
	}
	now := clock.Now()
	w.pace.BackOn(host, w.since(now), now-due)
}
