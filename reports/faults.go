package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// readFaults makes a thin lane for every fault that the script had in store, and for
// any other that happened.
func readFaults(h *sim.History, end time.Duration) []lane {
	var lanes []lane
	find := func(name string) *lane {
		for i := range lanes {
			if lanes[i].name == name {
				return &lanes[i]
			}
		}
		_, host, _ := strings.Cut(name, " ") // a lane is "pause client-1", see sim.Fault.Lane
		lanes = append(lanes, lane{kind: faultLane, host: sim.HostID(host), name: name, client: nobody, empty: "did not happen"})
		return &lanes[len(lanes)-1]
	}
	for _, name := range h.Header.Faults {
		find(name)
	}
	unproven := map[string]bool{}
	proven := map[string]bool{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.FaultApplied:
			l := find(e.Fault)
			proven[e.Fault], unproven[e.Fault] = false, false
			l.bars = append(l.bars, bar{interval: interval{e.At, end}, style: inEffect, client: nobody})
		case sim.FaultProven:
			proven[e.Fault] = true
		case sim.FaultUnproven:
			l := find(e.Fault)
			unproven[e.Fault] = true
			if len(l.bars) == 0 {
				l.empty = "could not be shown to have happened"
			}
		case sim.FaultUndone:
			l := find(e.Fault)
			if n := len(l.bars); n > 0 {
				l.bars[n-1].to = e.At
			}
		default:
			continue
		}
		label(find(e.Fault), proven[e.Fault] && !unproven[e.Fault])
	}
	return lanes
}

// label names the last fault in its lane: how long, and whether a probe saw it.
func label(l *lane, proven bool) {
	if len(l.bars) == 0 {
		return
	}
	b := &l.bars[len(l.bars)-1]
	kind, _, _ := strings.Cut(l.name, " ")
	long := kind + " of " + seconds(b.to-b.from)
	if proven {
		b.labels = []string{long + ", seen by a probe", long, seconds(b.to - b.from)}
		return
	}
	b.labels = []string{long + ", not proven", "not proven"}
}

// weaveFaults puts each fault's lane right above the lane of its host, and shades the
// host's own lane while it stood still. Faults of other hosts come first.
func weaveFaults(faults, lanes []lane) []lane {
	var out []lane
	for _, f := range faults {
		if !slices.ContainsFunc(lanes, func(l lane) bool { return l.host == f.host }) {
			out = append(out, f)
		}
	}
	for _, l := range lanes {
		for _, f := range faults {
			if f.host != l.host {
				continue
			}
			out = append(out, f)
			if strings.HasPrefix(f.name, string(sim.Pause)) {
				for _, b := range f.bars {
					l.pauses = append(l.pauses, b.interval)
				}
			}
		}
		out = append(out, l)
	}
	return out
}
