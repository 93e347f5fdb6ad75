//go:build linux

package live

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// appointment is something to do at a point of time on the machine's clock.
type appointment struct {
	due time.Duration
	f   func()
}

// After calls f once d of true time has passed, unless the trial is over. Functions run in the
// order of their due times, however busy the machine is. Before the start, a d of 0 calls f at
// once: what holds from the beginning must be in place before any process runs.
func (w *World) After(d time.Duration, f func()) {
	if w.zero == clock.Never {
		if d == 0 {
			f()
			return
		}
		w.starts = append(w.starts, func() { w.After(d, f) })
		return
	}
	due := w.zero + w.now() + d
	i := len(w.agenda)
	for i > 0 && w.agenda[i-1].due > due {
		i--
	}
	w.agenda = slices.Insert(w.agenda, i, appointment{due, f})
	w.timers = append(w.timers, time.AfterFunc(due-clock.Now(), func() { w.keepAppointments(due) }))
}

// keepAppointments runs everything due up to the given time. On a busy machine, the timer of
// something due earlier may fire later than this one.
func (w *World) keepAppointments(due time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.over && len(w.agenda) > 0 && w.agenda[0].due <= due {
		next := w.agenda[0]
		w.agenda = w.agenda[1:]
		w.due = next.due
		next.f()
	}
}
