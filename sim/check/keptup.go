package check

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// keptUp is a precondition: the machine was fast enough all through a live trial. No process
// woke up so late, no step came so late, and no message between hosts took so long that it could
// be mistaken for a fault that the script did not apply. It is never Violated: a trial on a
// machine that is too slow says nothing about the lock.
//
// A host is not late while the script itself makes it stand still.
func keptUp(t *trace.Trace) Finding {
	h := t.History
	if h.Header.World == sim.VirtualWorld {
		return holds(KeptUp, "virtual time waits for every process")
	}
	p := h.Header.Pace
	if p == nil || len(p.Measured) == 0 {
		return undecided(KeptUp, "the lateness of processes and messages was not measured")
	}
	still := standstills(t)
	var worst *sim.Event
	var most time.Duration
	times := 0
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind != sim.Late {
			continue
		}
		late := lateOutside(trace.Stretch{From: e.At - e.Late, To: e.At}, still[e.Host])
		if late <= p.Bearable() {
			continue
		}
		if times++; late > most {
			worst, most = e, late
		}
	}
	bears := fmt.Sprintf("the trial tolerates %s, half of %s", milliseconds(p.Bearable()), p.Of)
	if worst == nil {
		return holds(KeptUp, "the longest delay was %s; %s", milliseconds(leastSlow(p)), bears)
	}
	return undecided(KeptUp, "the machine was too slow%s: a delay of %s ended at %s, as %s; %s",
		more(times), milliseconds(most), clock(worst.At), worst.Note, bears).shownBy(worst)
}

// leastSlow returns the longest delay that the trial could still bear.
func leastSlow(p *sim.Pace) time.Duration {
	worst := time.Duration(0)
	for _, m := range p.Measured {
		worst = max(worst, m.Woke, m.Trip)
	}
	return worst
}

// Slack returns by how much the machine may have lengthened or shortened a time span in a live
// history, compared to a fast machine. Each of the two ends of a span waited for a process that
// may have been as late as the latest of the trial, and an observer's stamp may be late as well.
// For a virtual history it is 0. It says nothing about a history whose machine did not keep up.
func Slack(t *trace.Trace) time.Duration {
	h := t.History
	if h.Header.World != sim.LiveWorld || h.Header.Pace == nil {
		return 0
	}
	return 2*leastSlow(h.Header.Pace) + t.Lag()
}

// standstills returns the times in which the script made each host stand still, in the order
// in which they began. They may overlap.
func standstills(t *trace.Trace) map[sim.HostID][]trace.Stretch {
	all := map[sim.HostID][]trace.Stretch{}
	for _, r := range t.Faults {
		if r.Applied == nil || !r.Kind.StopsHost() {
			continue
		}
		all[r.Host] = append(all[r.Host], trace.Stretch{From: r.Applied.At, To: r.Until()})
	}
	return all
}

// lateOutside returns how much of a delay, as one piece, is not explained by the script's own
// standstills. The part of the delay just before a standstill belongs to that: a host that is
// about to be stopped is not late.
func lateOutside(delay trace.Stretch, still []trace.Stretch) time.Duration {
	for _, s := range still {
		if s.From <= delay.To && s.To > delay.From {
			delay.From = min(s.To, delay.To)
		}
	}
	return delay.To - delay.From
}

func more(times int) string {
	if times == 1 {
		return ""
	}
	return fmt.Sprintf(" %d times; the worst", times)
}

// milliseconds formats a short time as reports show it: "12.5 ms".
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
