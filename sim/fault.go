package sim

import (
	"fmt"
	"slices"
	"time"
)

// FaultKind names a kind of fault.
type FaultKind string

// The kinds of fault.
const (
	// Pause stops every process of a host while its clocks go on and its kernel still
	// accepts packets: a stop-the-world garbage collection, SIGSTOP, a page fault.
	Pause FaultKind = "pause"
	// Suspend is a pause in which the host's monotonic clock stands still as well, while
	// its wall clock goes on: a virtual machine or a laptop that was put to sleep.
	Suspend FaultKind = "suspend"
	// Crash switches a host off: its memory is gone, and what its disk had not synced.
	// Undone, the host starts again from its disk.
	Crash FaultKind = "crash"
	// StallDisk keeps what a host's programs sync to its disk from being done before it is
	// over: whoever waits for that waits. Processes, clocks and network go on, and so does
	// all that needs no sync.
	StallDisk FaultKind = "stall-disk"
	// ClockFault steps a clock of a host, or makes it run at another rate.
	ClockFault FaultKind = "clock"
	// Partition lets no packet through between groups of hosts, or on single links.
	Partition FaultKind = "partition"
	// Delay makes every packet on a link arrive later.
	Delay FaultKind = "delay"
	// Hold makes what is on its way on a link at this moment arrive later; if that is
	// nothing, it waits for the next message.
	Hold FaultKind = "hold"
	// Drop loses packets on a link at random. A lost packet is sent again, as TCP does.
	Drop FaultKind = "drop"
)

// faultRow is one row of the table of kinds of fault.
type faultRow struct {
	kind    FaultKind
	onLinks bool // it is done to links, not to hosts
	stops   bool // while it lasts, the processes of its host do nothing
}

// faultRows is the table. What a fault does stands in each world; what else has to know all
// kinds is found by the tests that range over FaultKinds.
var faultRows = []faultRow{
	{kind: Pause, stops: true},
	{kind: Suspend, stops: true},
	{kind: Crash, stops: true},
	{kind: StallDisk},
	{kind: ClockFault},
	{kind: Partition, onLinks: true},
	{kind: Delay, onLinks: true},
	{kind: Hold, onLinks: true},
	{kind: Drop, onLinks: true},
}

// FaultKinds lists the kinds that exist.
func FaultKinds() (kinds []FaultKind) {
	for _, row := range faultRows {
		kinds = append(kinds, row.kind)
	}
	return kinds
}

// row is the kind's row of the table; false: there is no such kind, as in a file that
// somebody has written.
func (k FaultKind) row() (faultRow, bool) {
	for _, row := range faultRows {
		if row.kind == k {
			return row, true
		}
	}
	return faultRow{}, false
}

// Known tells whether there is such a kind.
func (k FaultKind) Known() bool {
	_, known := k.row()
	return known
}

// UnmarshalText reads the name of a kind, and refuses one that does not exist.
func (k *FaultKind) UnmarshalText(text []byte) error {
	if *k = FaultKind(text); !k.Known() {
		return fmt.Errorf("there is no fault %q, expected one of %q", text, FaultKinds())
	}
	return nil
}

// ClockName names one of the two clocks of a host.
type ClockName string

// The clocks of a host.
const (
	WallClock      ClockName = "wall"
	MonotonicClock ClockName = "monotonic"
)

// Fault is something that is done to hosts or links for a while. Wherever it names a
// host, a script may name a role instead (see Roles); a World is given hosts only.
type Fault struct {
	Kind FaultKind `json:"kind"`
	// Host is the host that it is done to; Hosts are several, in place of it.
	Host  HostID   `json:"host,omitempty"`
	Hosts []HostID `json:"hosts,omitempty"`
	// For is the true time until it is undone; 0: it is not undone before the end.
	For time.Duration `json:"for,omitempty"`
	// ForAtLeast is set when For is drawn: evenly from ForAtLeast to For, each time.
	ForAtLeast *time.Duration `json:"forAtLeast,omitempty"`

	Clock ClockName     `json:"clock,omitempty"` // of ClockFault: which one
	Step  time.Duration `json:"step,omitempty"`  // of ClockFault: how far it is moved; or
	Rate  int64         `json:"rate,omitempty"`  // how fast it runs, in billionths of what it ran before

	Groups      [][]HostID    `json:"groups,omitempty"` // of Partition: hosts of different groups cannot talk; or
	From        []HostID      `json:"from,omitempty"`   // of Partition, Delay, Hold, Drop: the links from these hosts
	To          []HostID      `json:"to,omitempty"`     // to these
	OneWay      bool          `json:"oneWay,omitempty"` // of Partition: From can still hear To
	By          time.Duration `json:"by,omitempty"`     // of Delay and Hold: how much later packets arrive
	Probability float64       `json:"probability,omitempty"`

	// Firing tells the times apart that faults are done in one trial: 0, 1, 2, … The
	// director numbers them.
	Firing int64 `json:"firing,omitempty"`

	servers []HostID // of the lock service, for the roles Few and Others
}

// parted gives the groups whose hosts cannot ask each other anything and get an answer.
func (f Fault) parted() [][]HostID {
	switch {
	case f.Kind != Partition:
		return nil
	case len(f.Groups) > 0:
		return f.Groups
	}
	return [][]HostID{f.From, f.To}
}

// WithServers says who the hosts of the lock service are, and puts them in the place of the
// role Servers: who they are does not depend on the moment. A fault on hosts that would be
// done to nobody then keeps the role, and cannot be applied.
func (f Fault) WithServers(servers []HostID) Fault {
	f.servers = servers
	all := func(hosts []HostID) []HostID {
		if i := slices.Index(hosts, Servers); i >= 0 {
			return slices.Replace(slices.Clone(hosts), i, i+1, servers...)
		}
		return hosts
	}
	if f.Host == Servers && len(servers) > 0 {
		f.Host, f.Hosts = "", servers
	}
	if hosts := all(f.Hosts); len(hosts) > 0 {
		f.Hosts = hosts
	}
	f.From, f.To = all(f.From), all(f.To)
	f.Groups = slices.Clone(f.Groups)
	for i := range f.Groups {
		f.Groups[i] = all(f.Groups[i])
	}
	return f
}

// OnLinks tells whether a fault of this kind is done to links, not to hosts.
func (k FaultKind) OnLinks() bool {
	row, _ := k.row()
	return row.onLinks
}

// StopsHost tells whether the processes of a host do nothing while a fault of this kind
// is in effect on it.
func (k FaultKind) StopsHost() bool {
	row, _ := k.row()
	return row.stops
}
