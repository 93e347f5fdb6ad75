package virtual

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// trace is what is known of one message, until the world is asked for it. Its methods do
// nothing on nil: messages are not recorded then.
type trace struct {
	message sim.Message
	packet  *packet // nil: it has arrived, or it never will
}

// tracesAtOnce is how many traces are allocated together: a trial has tens to thousands.
const tracesAtOnce = 64

// RecordMessages has the world remember every message between hosts from now on.
func (w *World) RecordMessages() { w.recorded = true }

// traceOf begins the trace of a packet.
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

// lost notes that the packet has met a cut or a loss.
func (t *trace) lost(at time.Duration) {
	if t != nil && t.message.Lost == 0 {
		t.message.Lost = at
	}
}

// again notes that the packet is sent again. One that only waited behind a lost one is
// sent for the first time.
func (t *trace) again(at time.Duration) {
	if t != nil && t.message.Lost != 0 {
		t.message.Again = at
		t.message.Resent++
	}
}

// arrived notes that the receiving host has the packet, unless it came in vain.
func (t *trace) arrived(at time.Duration) {
	if t != nil && t.packet != nil {
		t.message.Arrived, t.message.Fate, t.packet = at, sim.Arrived, nil
	}
}

// inVain notes that the packet came when nobody was there for it any more.
func (t *trace) inVain(at time.Duration) {
	if t != nil {
		t.lost(at)
		t.message.Fate, t.packet = sim.LostFor, nil
	}
}

// Messages are what the hosts have sent to each other so far, in the order in which they
// sent it; none if RecordMessages was not called. If there was too much of it, the last one
// says from when on nothing was recorded.
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

// fate is what becomes of a packet that has not arrived: it flies, or it is lost and will
// be sent again, unless its sender is gone or has closed the connection.
func (k *packet) fate() sim.Fate {
	flies := k.timer.place >= 0
	if !flies && (k.pipe.hungUp || k.pipe.from.life != k.pipe.life) {
		return sim.LostFor
	}
	return sim.UnderWay
}
