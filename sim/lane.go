package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Lane is the fault's name in timelines and in the history, as the script asks for it:
// "pause client-1", "crash leader", "clock redis-1 wall +5s", "delay client-1 → ledger +2s".
// The first word is its kind.
func (f Fault) Lane() string {
	words := []string{string(f.Kind)}
	switch {
	case !f.Kind.OnLinks():
		words = append(words, hostList(f.targets()))
	case len(f.Groups) > 0:
		var groups []string
		for _, g := range f.Groups {
			groups = append(groups, hostList(g))
		}
		words = append(words, strings.Join(groups, " | "))
	case f.Kind == Partition && !f.OneWay:
		words = append(words, hostList(f.From), "↔", hostList(f.To))
	default:
		words = append(words, hostList(f.From), "→", hostList(f.To))
	}
	switch f.Kind {
	case ClockFault:
		change := signed(f.Step)
		if f.Rate != 0 {
			change = "×" + strconv.FormatFloat(float64(f.Rate)/billion, 'g', -1, 64)
		}
		words = append(words, string(f.Clock), change)
	case Delay, Hold:
		words = append(words, signed(f.By))
	case Drop:
		words = append(words, fmt.Sprintf("p=%g", f.Probability))
	case Pause, Suspend, Crash, StallDisk, Partition: // whom it is done to says it all
	}
	return strings.Join(words, " ")
}

// LaneKind reads the kind of fault off the name of a lane.
func LaneKind(lane string) FaultKind {
	kind, _, _ := strings.Cut(lane, " ")
	return FaultKind(kind)
}

// LaneHost reads the host off the name of a lane of a fault that is done to one host; it
// is empty for other faults. A role is no host, and is returned as it stands.
func LaneHost(lane string) HostID {
	words := strings.Split(lane, " ")
	if len(words) < 2 || FaultKind(words[0]).OnLinks() || strings.Contains(words[1], ",") {
		return ""
	}
	return HostID(words[1])
}

// targets are the hosts or roles that a fault on hosts is done to.
func (f Fault) targets() []HostID {
	if len(f.Hosts) > 0 {
		return f.Hosts
	}
	return []HostID{f.Host}
}

func hostList(hosts []HostID) string {
	var names []string
	for _, h := range hosts {
		names = append(names, string(h))
	}
	return strings.Join(names, ",")
}

func signed(d time.Duration) string {
	if d < 0 {
		return d.String()
	}
	return "+" + d.String()
}
