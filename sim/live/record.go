//go:build linux

package live

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Ready tells the harness that this process is ready for the start. It does not block.
func (h *Host) Ready() { h.send(report{Say: ready}) }

// Record puts an event into the history. Where a step of the scenario waits for this
// event, it returns only after the fault has been applied, and does not give the host up
// meanwhile. Code that does not hold the host may call it as well. Events before the
// start count as having happened at the start, and no step waits for them.
func (h *Host) Record(e sim.Event) {
	h.recording.Lock()
	defer h.recording.Unlock()
	h.record(machineClock(), e)
}

// Sending announces that something is about to be sent, and that an event of this kind
// will be recorded when it has been. If a step waits for this event to do something to
// links, the network keeps what the host sends and what it is sent from now on, until the
// step has been carried out: so the step finds the message, or its answer, still on its
// way, as quick as a real network is. Code that does not hold the host may call it as
// well. If nothing is sent, or nothing recorded, the network goes on after keepLimit.
func (h *Host) Sending(kind sim.Kind) {
	if !closed(h.started) || !slices.Contains(h.keeps, kind) {
		return
	}
	h.recording.Lock()
	defer h.recording.Unlock()
	if h.send(report{Say: sending, Hold: true, Event: &sim.Event{Kind: kind}}) {
		<-h.goOn
	}
}

// RecordAt is Record for an observer, who learns of things late: at is the true time at
// which it happened, see TrueTime.
func (h *Host) RecordAt(at time.Duration, e sim.Event) {
	h.recording.Lock()
	defer h.recording.Unlock()
	if !closed(h.started) {
		h.record(machineClock(), e)
		return
	}
	h.record(h.zero+at, e)
}

// record sends an event that happened at this time of the machine's clock. The caller
// holds recording, so that the events of a process are sent in the order in which they
// are stamped, and nothing is recorded while the process is held.
func (h *Host) record(at time.Duration, e sim.Event) {
	hold := closed(h.started) && slices.Contains(h.holds, e.Kind)
	if h.send(report{Say: event, At: at, Hold: hold, Event: &e}) && hold {
		<-h.goOn
	}
}

// TrueTime is the time since the world started on the clock that events are stamped
// with, which no clock fault reaches; 0 before the start. It is for observers: code under
// test has Now.
func (h *Host) TrueTime() time.Duration {
	if !closed(h.started) {
		return 0
	}
	return max(0, machineClock()-h.zero)
}

// Stopped gives a channel that is closed when the trial is over. A process that has
// asked for it is given a moment to record what it still has to, and return from its
// role; any other ends there and then.
func (h *Host) Stopped() <-chan struct{} {
	h.endsItself.Store(true)
	return h.stopped
}

// send writes one line to the harness, unless this process has said bye.
func (h *Host) send(r report) (sent bool) {
	line, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("encode a report: %v", err)) // it consists of numbers and strings
	}
	h.sending.Lock()
	defer h.sending.Unlock()
	if h.mute {
		return false
	}
	if _, err := h.reports.Write(append(line, '\n')); err != nil {
		os.Exit(roleOrphaned)
	}
	h.mute = r.Say == bye
	return true
}
