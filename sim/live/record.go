//go:build linux

package live

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

// Ready tells the harness that this process is ready for the start. It does not block.
func (h *Host) Ready() { h.send(protocol.Report{Say: protocol.Ready}) }

// Record adds an event to the history. If a step of the scenario waits for this event, Record
// returns only after the fault has been applied, without releasing the host. Code that does not
// hold the host may call it as well. Events recorded before the start count as having happened
// at the start, and no step waits for them.
func (h *Host) Record(e sim.Event) {
	h.recording.Lock()
	defer h.recording.Unlock()
	h.record(clock.Now(), e)
}

// Sending announces that something is about to be sent, and that an event of this kind will be
// recorded afterwards. If a step waits for this event to do something to links, the network
// keeps what is sent from and to the host from now on until the step has been carried out. So
// the step finds the message, or its answer, still on its way, however fast the real network is.
// Code that does not hold the host may call Sending as well. If nothing is sent, or nothing
// recorded, the network continues after holdLimit.
func (h *Host) Sending(kind sim.Kind) {
	if !closed(h.started) || !slices.Contains(h.keeps, kind) {
		return
	}
	h.recording.Lock()
	defer h.recording.Unlock()
	if h.send(protocol.Report{Say: protocol.Sending, Hold: true, Event: &sim.Event{Kind: kind}}) {
		<-h.goOn
	}
}

// RecordAt is Record for observers, who learn of things late. at is the true time at which the
// event happened, see TrueTime.
func (h *Host) RecordAt(at time.Duration, e sim.Event) {
	h.recording.Lock()
	defer h.recording.Unlock()
	if !closed(h.started) {
		h.record(clock.Now(), e)
		return
	}
	h.record(h.zero+at, e)
}

// record sends an event that happened at this time of the machine's clock. The caller holds
// recording, so that the events of a process are sent in the order of their stamps, and nothing
// is recorded while the process is held.
func (h *Host) record(at time.Duration, e sim.Event) {
	hold := closed(h.started) && slices.Contains(h.holds, e.Kind)
	if h.send(protocol.Report{Say: protocol.Event, At: at, Hold: hold, Event: &e}) && hold {
		<-h.goOn
	}
}

// TrueTime returns the time since the world started on the clock with which events are stamped
// and which no clock fault reaches. It is 0 before the start. It is meant for observers; code
// under test uses Now.
func (h *Host) TrueTime() time.Duration {
	if !closed(h.started) {
		return 0
	}
	return max(0, clock.Now()-h.zero)
}

// Stopped returns a channel that is closed when the trial is over. A process that has called
// Stopped gets a moment to record what remains and to return from its duty; any other process is
// ended at once.
func (h *Host) Stopped() <-chan struct{} {
	h.endsItself.Store(true)
	return h.stopped
}

// send writes one line to the harness, unless this process has said bye.
func (h *Host) send(r protocol.Report) (sent bool) {
	line, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("encode a report: %v", err)) // reports consist of numbers and strings
	}
	h.sending.Lock()
	defer h.sending.Unlock()
	if h.mute {
		return false
	}
	if _, err := h.reports.Write(append(line, '\n')); err != nil {
		os.Exit(dutyOrphaned)
	}
	h.mute = r.Say == protocol.Bye
	return true
}
