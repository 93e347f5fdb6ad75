package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// readFaults makes a thin lane for every fault that the script had in store, and for
// any other that happened. It has a bar for each time that the fault was done, to however
// many hosts.
func readFaults(t *trace.Trace, end time.Duration) []lane {
	f := faultReader{end: end}
	for _, asked := range t.History.Header.Faults {
		f.lane(asked)
	}
	for _, r := range t.Faults {
		f.read(r)
	}
	for i := range f.lanes {
		f.lanes[i].host = onlyHost(f.lanes[i])
		for j := range f.lanes[i].bars {
			f.lanes[i].bars[j].label(f.lanes[i].fault.Kind)
		}
	}
	return f.lanes
}

// faultReader collects the lanes of faults.
type faultReader struct {
	end   time.Duration
	lanes []lane
	bars  int // so far
}

// lane finds the lane of a fault, or begins it. Faults that people cannot tell apart have one.
func (f *faultReader) lane(asked sim.Fault) *lane {
	name := asked.Lane()
	for i := range f.lanes {
		if f.lanes[i].name == name {
			return &f.lanes[i]
		}
	}
	f.lanes = append(f.lanes, lane{kind: faultLane, name: name, fault: asked, client: nobody, empty: "did not happen"})
	return &f.lanes[len(f.lanes)-1]
}

// read takes in one time that a fault was done to one host, or to links.
func (f *faultReader) read(r *trace.FaultRun) {
	l := f.lane(r.Asked)
	if r.Applied == nil {
		if len(l.bars) == 0 {
			l.empty = "could not be shown to have happened"
		}
		return
	}
	i := len(l.bars) - 1
	for i >= 0 && l.bars[i].firing != r.Firing {
		i--
	}
	if i < 0 || slices.Contains(l.bars[i].hosts, r.Host) { // else it is one more host of the same firing
		if f.bars++; f.bars > maxFaultBars {
			return // nobody could tell them apart
		}
		l.bars = append(l.bars, bar{interval: interval{r.Applied.At, f.end}, style: inEffect, client: nobody, firing: r.Firing})
		i = len(l.bars) - 1
	}
	b := &l.bars[i]
	if r.Undone != nil && (len(b.hosts) == 0 || r.Undone.At > b.to || b.to == f.end) {
		b.to = r.Undone.At
	}
	b.hosts = append(b.hosts, r.Host)
	b.proven = b.proven || r.Proven != nil
	b.unproven = b.unproven || r.Unproven != nil
}

// label says how long the fault was in effect, and whether a probe saw it.
func (b *bar) label(kind sim.FaultKind) {
	long := kind.Row().Lasting + " " + words.Seconds(b.to-b.from)
	if b.proven && !b.unproven {
		b.labels = []string{long + ", seen by a probe", long, words.Seconds(b.to - b.from)}
		return
	}
	b.labels = []string{long + ", not proven", "not proven"}
}

// onlyHost is the host that all that happened in a lane was done to, or that the script
// names; empty if there is no single one.
func onlyHost(l lane) sim.HostID {
	only := l.fault.OnlyHost()
	if !sim.IsRole(only) {
		return only
	}
	only = ""
	for _, b := range l.bars {
		for _, h := range b.hosts {
			if only != "" && h != only {
				return ""
			}
			only = h
		}
	}
	return only
}

// weaveFaults puts each fault's lane right above the lane of its host, and shades the
// lanes of hosts while they stood still. Faults of other hosts, and of several, come first.
func weaveFaults(faults, lanes []lane) []lane {
	var out []lane
	for _, f := range faults {
		if !slices.ContainsFunc(lanes, func(l lane) bool { return l.host == f.host }) {
			out = append(out, f)
		}
	}
	for _, l := range lanes {
		for _, f := range faults {
			if f.host == l.host {
				out = append(out, f)
			}
			for _, b := range f.bars {
				if f.fault.Kind.StopsHost() && slices.Contains(b.hosts, l.host) {
					l.pauses = append(l.pauses, b.interval)
				}
			}
		}
		out = append(out, l)
	}
	return out
}

// lastActs finds what a host did right before it stood still. In the virtual world that is
// the same moment; near is how far apart moments are that look the same.
func (l *lane) lastActs(near time.Duration) {
	var from []time.Duration
	for _, pause := range l.pauses {
		from = append(from, pause.from)
	}
	slices.Sort(from)
	for i := range l.marks {
		m := &l.marks[i]
		next, _ := slices.BinarySearch(from, m.at)
		m.before = m.style != turned && next < len(from) && from[next]-m.at <= near
	}
}

// faultName is the name of a fault's lane as it stands in the gutter, in lines.
func (p *sheet) faultName(l lane) []string {
	return canvas.Wrap(canvas.Regular(labelSize), l.fault.LaneWith(func(hosts []sim.HostID) string { return shortHosts(hosts, p.servers) }), p.left-margin-16)
}

// shortHosts writes long lists of hosts shorter: those of the whole lock service as their number,
// others with room to break the line.
func shortHosts(hosts, servers []sim.HostID) string {
	var all, rest []string
	for _, h := range hosts {
		all = append(all, string(h))
		if !slices.Contains(servers, h) {
			rest = append(rest, string(h))
		}
	}
	if n := len(all) - len(rest); n == len(servers) && n > 2 {
		all = append(rest, fmt.Sprintf("%d servers", n))
	}
	return strings.Join(all, ", ")
}
