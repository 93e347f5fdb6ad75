//go:build linux

package live

import (
	"slices"
	"time"
)

// appointment is what is to be done at a point of time, on the machine's clock.
type appointment struct {
	due time.Duration
	f   func()
}

// After calls f once d of true time has passed, unless the trial is over. What is due later
// comes later, however busy the machine is. Before the start it calls at once what is so from
// the beginning: nobody must be quicker than that.
func (w *World) After(d time.Duration, f func()) {
	if w.zero == never {
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
	w.timers = append(w.timers, time.AfterFunc(due-machineClock(), func() { w.keepAppointments(due) }))
}

// keepAppointments does what is due at a point of time that has come, and what was due
// before: on a busy machine its own timer may be the later one to be heard.
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
