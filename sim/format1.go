package sim

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Histories of format 1 named faults by their lanes, which are text for people, in the header
// and in each event. Their notes said which hosts a role stood for and how a vote ended. They
// did not say whether servers keep copies. This file, and no other, converts them to the current
// format.

const formatOf1 = "locklab-history/1"

// format1 holds what is particular to format 1 while such a history is read.
type format1 struct {
	lanes []string // of the header, one per step; then those that only events name
	lane  []string // of each event; empty means it is not about a fault
}

func isFormat1(line []byte) bool {
	var h struct{ Format string }
	return json.Unmarshal(line, &h) == nil && h.Format == formatOf1
}

// readHeader1 reads a header of format 1 and sets its format to the current one.
func readHeader1(line []byte, h *Header) (*format1, *jsonProblem) {
	old := struct {
		*Header
		Faults []string `json:"faults"`
	}{Header: h}
	if err := strictJSON(line, &old); err != nil {
		return nil, err
	}
	for _, lane := range old.Faults {
		f, err := ReadLane(lane)
		if err != nil {
			return nil, &jsonProblem{fieldColumn(line, "faults"), err.Error()}
		}
		h.Faults = append(h.Faults, f)
	}
	h.Format = Format
	h.Copies = strings.HasPrefix(h.Backend, "sentinel") // no other service kept copies
	return &format1{lanes: old.Faults}, nil
}

// readEvent reads an event. Which fault it is about is determined by upgrade, once all are read.
func (f *format1) readEvent(line []byte, into any) *jsonProblem {
	e := into.(*Event)
	old := struct {
		*Event
		Fault string `json:"fault"`
	}{Event: e}
	if err := strictJSON(line, &old); err != nil {
		return err
	}
	f.lane = append(f.lane, "")
	if !e.ofFault() {
		return nil
	}
	if _, err := ReadLane(old.Fault); err != nil {
		return &jsonProblem{fieldColumn(line, "fault"), err.Error()}
	}
	f.lane[len(f.lane)-1] = old.Fault
	if !slices.Contains(f.lanes, old.Fault) {
		f.lanes = append(f.lanes, old.Fault) // numbered when the whole history has been read
	}
	if len(f.lanes) > maxFaults {
		return &jsonProblem{fieldColumn(line, "fault"), fmt.Sprintf("this is one more than %d different faults, expected at most that many", maxFaults)}
	}
	return nil
}

// upgrade converts a history that has been read to the current format. A nil f does nothing.
func (f *format1) upgrade(h *History) {
	if f != nil {
		Upgrade(h, f.lanes, f.lane)
	}
}

// Upgrade numbers the faults of a history of format 1. lanes are those of the header, one per
// step; lane has one for each event. If several steps have the same lane, its first firing is
// assigned to the first of these steps, and so on. Only the reader and tests that write lanes
// use it.
func Upgrade(h *History, lanes, lane []string) {
	h.Header.Faults = nil
	u := upgrader{h: h, steps: map[string][]int64{}, firings: map[string]int{}, of: map[firingOf]int64{}, open: map[doneTo]bool{}, times: map[doneTo]int{}}
	for _, each := range lanes {
		u.add(each)
	}
	for i := range h.Events {
		e := &h.Events[i]
		if e.Kind == NodeEnded && slices.Contains(EndKinds(), Kind(e.Note)) {
			e.Ended, e.Note = Kind(e.Note), ""
		}
		if lane[i] != "" {
			e.Fault = u.number(e, lane[i])
			e.Hosts = u.ends(e, lane[i])
		}
	}
}

// upgrader assigns numbers to faults.
type upgrader struct {
	h       *History
	steps   map[string][]int64 // lane to the numbers of its steps
	firings map[string]int     // lane to the number of its firings so far
	of      map[firingOf]int64 // number assigned to each firing
	open    map[doneTo]bool    // whether it is in effect
	times   map[doneTo]int     // how often it has been applied
}

// firingOf identifies one firing of a lane's fault, on any number of hosts.
type firingOf struct {
	lane   string
	firing int64
	nth    int // which of several firings with the same number, in a file that does not distinguish them
}

// doneTo identifies what a firing does to one host.
type doneTo struct {
	lane   string
	firing int64
	host   HostID
}

func (u *upgrader) add(lane string) {
	f, err := ReadLane(lane)
	if err != nil {
		f = Fault{Kind: FaultKind(lane)} // only in tests with an invalid lane
	}
	u.h.Header.Faults = append(u.h.Header.Faults, f)
	u.steps[lane] = append(u.steps[lane], int64(len(u.h.Header.Faults)))
}

func (u *upgrader) number(e *Event, lane string) int64 {
	if len(u.steps[lane]) == 0 {
		u.add(lane)
	}
	host := doneTo{lane, e.Firing, e.Host}
	if e.Kind == FaultApplied || e.Kind == FaultUnproven && !u.open[host] {
		u.times[host]++
		u.open[host] = true
	}
	if e.Kind == FaultUndone {
		u.open[host] = false
	}
	which := firingOf{lane, e.Firing, max(1, u.times[host])}
	if u.of[which] == 0 {
		all := u.steps[lane]
		u.of[which] = all[min(u.firings[lane], len(all)-1)]
		u.firings[lane]++
	}
	return u.of[which]
}

// ends finds the hosts at the ends of the links, in the fault's lane and in the note that says
// which hosts a role stood for: "leader: etcd-1; others: etcd-2, etcd-3".
func (u *upgrader) ends(e *Event, lane string) (all []HostID) {
	f := u.h.Header.FaultOf(e)
	if e.Kind != FaultApplied || !f.Kind.OnLinks() {
		return nil
	}
	for _, id := range f.ends() {
		if !IsRole(id) {
			all = append(all, id)
		}
	}
	for _, word := range strings.FieldsFunc(e.Note, func(r rune) bool { return strings.ContainsRune(" ,|:;", r) }) {
		id, hosts := HostID(word), append(slices.Clone(u.h.Header.Clients), u.h.Header.Servers...)
		if (slices.Contains(hosts, id) || id == u.h.Header.Ledger) && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// ReadLane parses the name that a fault has in format 1. Only the reader of such histories and
// tests use it.
func ReadLane(lane string) (Fault, error) {
	kind, rest, _ := strings.Cut(lane, " ")
	f := Fault{Kind: FaultKind(kind)}
	if !f.Kind.Known() {
		return Fault{}, fmt.Errorf("unknown fault %q, expected one of %q and what it is done to", lane, FaultKinds())
	}
	if f.Kind.OnLinks() {
		f.readLinks(rest)
	} else {
		f.readHosts(rest)
	}
	if f.Lane() != lane {
		return Fault{}, fmt.Errorf("the fault %q cannot be read, expected what it is and what it is done to, such as \"pause client-1\"", lane)
	}
	return f, nil
}

func (f *Fault) readHosts(rest string) {
	hosts, rest, _ := strings.Cut(rest, " ")
	f.Host = HostID(hosts)
	if strings.Contains(hosts, ",") {
		f.Host, f.Hosts = "", hostsIn(hosts)
	}
	if f.Kind != ClockFault {
		return
	}
	clock, change, _ := strings.Cut(rest, " ")
	f.Clock = ClockName(clock)
	if rate, is := strings.CutPrefix(change, "×"); is {
		n, _ := strconv.ParseFloat(rate, 64) // ReadLane refuses an invalid number, as it would not print the same
		f.Rate = int64(math.Round(n * billion))
		return
	}
	f.Step, _ = time.ParseDuration(change)
}

func (f *Fault) readLinks(rest string) {
	if f.Kind != Partition {
		i := max(0, strings.LastIndex(rest, " "))
		change := strings.TrimPrefix(rest[i:], " ")
		rest = rest[:i]
		f.By, _ = time.ParseDuration(change)
		if p, is := strings.CutPrefix(change, "p="); is {
			f.Probability, _ = strconv.ParseFloat(p, 64)
		}
	}
	if strings.Contains(rest, " | ") {
		for group := range strings.SplitSeq(rest, " | ") {
			f.Groups = append(f.Groups, hostsIn(group))
		}
		return
	}
	from, to, bothWays := strings.Cut(rest, " ↔ ")
	if !bothWays {
		from, to, _ = strings.Cut(rest, " → ")
		f.OneWay = f.Kind == Partition
	}
	f.From, f.To = hostsIn(from), hostsIn(to)
}

func hostsIn(list string) (hosts []HostID) {
	for name := range strings.SplitSeq(list, ",") {
		hosts = append(hosts, HostID(name))
	}
	return hosts
}
