//go:build linux

package live

import (
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
)

// bearable returns how late a process of the trial may be; 0 means that lateness is not
// measured.
func (w *World) bearable() time.Duration {
	if w.Pace == nil {
		return 0
	}
	return w.Pace.Bearable()
}

// measure measures the harness and the network until stop is called. Processes of roles measure
// themselves.
func (w *World) measure() (stop func()) {
	if w.Pace == nil {
		return func() {}
	}
	over := make(chan struct{})
	own := startPulse(w.bearable(), func(at time.Duration, b beat) { w.woke("", at, b) })
	var travelling sync.WaitGroup
	travelling.Go(func() { w.travel(over) })
	return sync.OnceFunc(func() {
		own.stop()
		close(over)
		travelling.Wait()
	})
}

// travel sends one message in each pulse period, in turn from each host to the next and back,
// until over is closed.
func (w *World) travel(over <-chan struct{}) {
	ports := w.lab.ports()
	if len(ports) < 2 {
		return
	}
	next := time.NewTicker(pulsePeriod(w.bearable()))
	defer next.Stop()
	for i := 0; ; i = (i + 1) % len(ports) {
		from, to := ports[i], ports[(i+1)%len(ports)]
		took, err := w.lab.network.trip(from, to, over)
		if err != nil {
			return // the lab is being closed, or a port is broken, which the lab reports itself
		}
		if at, took := w.during(machineClock(), took); took > 0 {
			w.pace.came(from.host, to.host, at, took)
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
func (w *World) woke(host sim.HostID, at time.Duration, b beat) {
	at, b.Late = w.during(at, b.Late)
	w.pace.woke(host, at, b)
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
	late := w.pace.finish(w.lab.hosts())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, late...)
}

// ports returns the hosts' ports on the switch, in the order in which the hosts were added.
func (l *Lab) ports() []*port {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []*port
	for _, a := range l.agents {
		all = append(all, l.network.port(a.ip[3]))
	}
	return all
}

// carriedOut records how late the harness was with a step, which took effect at this moment of
// the machine's clock. The delay does not count against what the harness does next.
func (w *World) carriedOut(at time.Duration, what string) {
	due := w.due
	w.due = max(due, machineClock())
	if w.zero == never || w.over || w.Pace == nil { // before the start nobody waits, and after the end nothing counts
		return
	}
	w.pace.carriedOut(w.since(at), at-max(due, w.zero), what)
}

// switchedOn records how long it took to start a host's programs and to reconnect its cable,
// counted from due on the machine's clock.
func (w *World) switchedOn(host sim.HostID, due time.Duration) {
	if w.zero == never || w.over || w.Pace == nil {
		return
	}
	now := machineClock()
	w.pace.backOn(host, w.since(now), now-due)
}
