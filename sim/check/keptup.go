package check

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// keptUp is a precondition: all through a live trial the machine was quick enough. No process
// woke up so late, no step came so late, and no message between hosts took so long, that it could have been taken
// for a fault that the script has not done. It is never Violated: on a machine that is too
// slow a trial says nothing of the lock.
//
// While the script itself makes a host stand still, that host is not late.
func keptUp(t *trace.Trace) Finding {
	h := t.History
	if h.Header.World == sim.VirtualWorld {
		return holds(KeptUp, "virtual time waits for everybody")
	}
	p := h.Header.Pace
	if p == nil || len(p.Measured) == 0 {
		return undecided(KeptUp, "how late processes and messages were was not measured")
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
		late := lateOutside(period{e.At - e.Late, e.At}, still[e.Host])
		if late <= p.Bearable() {
			continue
		}
		if times++; late > most {
			worst, most = e, late
		}
	}
	bears := fmt.Sprintf("the trial bears %s, half of %s", milliseconds(p.Bearable()), p.Of)
	if worst == nil {
		return holds(KeptUp, "at worst %s were lost; %s", milliseconds(leastSlow(p)), bears)
	}
	return undecided(KeptUp, "the machine was too slow%s: %s were lost by %s, as %s; %s",
		more(times), milliseconds(most), clock(worst.At), worst.Note, bears).shownBy(worst)
}

// leastSlow is how late anybody was at worst, as far as it could be borne.
func leastSlow(p *sim.Pace) time.Duration {
	worst := time.Duration(0)
	for _, m := range p.Measured {
		worst = max(worst, m.Woke, m.Trip)
	}
	return worst
}

// Slack is by how much the machine may have made a length of time in a live history longer or
// shorter than it would have been on a quick one: each of its two ends waited for a process that
// may have been as late as the latest of the trial, and an observer's stamp may be late as well.
// Of a virtual history it is 0. Of one whose machine did not keep up it says nothing.
func Slack(h *sim.History) time.Duration { return slack(trace.Read(h)) }

func slack(t *trace.Trace) time.Duration {
	h := t.History
	if h.Header.World != sim.LiveWorld || h.Header.Pace == nil {
		return 0
	}
	return 2*leastSlow(h.Header.Pace) + t.Lag()
}

// period is a stretch of true time.
type period struct{ from, to time.Duration }

// standstills gives for each host when the script had it stand still, in the order in which
// that began. They may overlap.
func standstills(t *trace.Trace) map[sim.HostID][]period {
	all := map[sim.HostID][]period{}
	for _, r := range t.Faults {
		if r.Applied == nil || !r.Kind.StopsHost() {
			continue
		}
		all[r.Host] = append(all[r.Host], period{r.Applied.At, r.Until()})
	}
	return all
}

// lateOutside is how much of a delay, in one piece, the script's own standstills do not
// account for. The time in which the machine was about to begin one belongs to it: who is
// being stopped is not late.
func lateOutside(delay period, still []period) time.Duration {
	for _, s := range still {
		if s.from <= delay.to && s.to > delay.from {
			delay.from = min(s.to, delay.to)
		}
	}
	return delay.to - delay.from
}

func more(times int) string {
	if times == 1 {
		return ""
	}
	return fmt.Sprintf(" %d times, and most", times)
}

// milliseconds writes a short time as reports show it: "12.5 ms".
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
