package virtual

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// trace is what is known about one message. Its methods do nothing on a nil trace, which means
// that messages are not recorded.
type trace struct {
	message sim.Message
	packet  *packet // nil once it has arrived or never will
}

// tracesAtOnce is the number of traces allocated together: a trial has tens to thousands.
const tracesAtOnce = 64

// RecordMessages makes the world remember every message between hosts from now on.
func (w *World) RecordMessages() { w.recorded = true }

// traceOf starts the trace of a packet.
func (w *World) traceOf(k *packet, message any) *trace {
	if !w.recorded {
		return nil
	}
	n := len(w.traces) - 1
	if n >= 0 && n*tracesAtOnce+len(w.traces[n]) >= sim.MaxMessages {
		if !w.full {
			w.full, w.fullAt = true, w.now
		}
		return nil
	}
	if n < 0 || len(w.traces[n]) == tracesAtOnce {
		w.traces = append(w.traces, make([]trace, 0, tracesAtOnce))
		n++
	}
	w.traces[n] = append(w.traces[n], trace{packet: k, message: sim.Message{
		From: k.pipe.from.id, To: k.pipe.to.id, Sent: w.now, What: sim.WordsOf(message),
	}})
	return &w.traces[n][len(w.traces[n])-1]
}

// lost notes that the packet was dropped by a cut or a loss.
func (t *trace) lost(at time.Duration) {
	if t != nil && t.message.Lost == 0 {
		t.message.Lost = at
	}
}

// again notes that the packet is sent again. A packet that only waited behind a lost one is sent
// for the first time and does not count.
func (t *trace) again(at time.Duration) {
	if t != nil && t.message.Lost != 0 {
		t.message.Again = at
		t.message.Resent++
	}
}

// arrived notes that the receiving host has the packet, unless nobody was there for it.
func (t *trace) arrived(at time.Duration) {
	if t != nil && t.packet != nil {
		t.message.Arrived, t.message.Fate, t.packet = at, sim.Arrived, nil
	}
}

// inVain notes that nobody was there to receive the packet.
func (t *trace) inVain(at time.Duration) {
	if t != nil {
		t.lost(at)
		t.message.Fate, t.packet = sim.LostFor, nil
	}
}

// Messages returns what the hosts have sent to each other so far, in the order of sending. It is
// empty if RecordMessages was not called. If there were too many messages, the last one says
// from when on nothing was recorded.
func (w *World) Messages() []sim.Message {
	if len(w.traces) == 0 {
		return nil
	}
	all := make([]sim.Message, 0, len(w.traces)*tracesAtOnce)
	for _, some := range w.traces {
		for _, t := range some {
			m := t.message
			m.Number = int64(len(all) + 1)
			if k := t.packet; k != nil {
				m.Fate = k.fate()
			}
			all = append(all, m)
		}
	}
	if w.full {
		all = append(all, sim.Message{Number: int64(len(all) + 1), Sent: w.fullAt, Fate: sim.Unrecorded})
	}
	return all
}

// fate returns the fate of a packet that has not arrived. It is in flight, or it is lost and
// will be sent again, unless its sender crashed or closed the connection.
func (k *packet) fate() sim.Fate {
	flies := queued(k.timer.place)
	if !flies && (k.pipe.hungUp || k.pipe.from.life != k.pipe.life) {
		return sim.LostFor
	}
	return sim.UnderWay
}
