package sim

import (
	"fmt"
	"strconv"
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

// FaultFamily is what kinds of fault have in common: what it is that goes wrong.
type FaultFamily string

// The families.
const (
	PauseFamily   FaultFamily = "process pause"
	CrashFamily   FaultFamily = "crash"
	DiskFamily    FaultFamily = "disk"
	ClockFamily   FaultFamily = "clock"
	NetworkFamily FaultFamily = "network"
)

// FaultRow is all that is known of a kind of fault: a row of the table. How it is brought
// about stands in each world, how a script asks for it in the format of scripts. Nobody else
// has a list of kinds: who must know something more of a fault asks for a column here.
type FaultRow struct {
	Kind   FaultKind
	Family FaultFamily

	onLinks     bool // it is done to links, not to hosts
	switchesOff bool // see SwitchesOff
	awaits      bool // see AwaitsMessage
	parts       bool // it lets nothing through, both ways unless the fault is OneWay

	StallsDisk    bool // its host's disk syncs nothing while it lasts
	LosesMessages bool // messages may be lost while it lasts
	LeavesTraces  bool // nobody can tell what it leaves behind in the processes that it was done to
	stopsClock    bool // its host's monotonic clock stands still while it lasts

	Stopped string // what its host is while it lasts, if its processes do nothing: "paused"
	Lasting string // what stands before the length of it: "pause of"
	Happens string // what happens, as the title of those scenarios in which it does: "A process stands still"
	// Weight orders the kinds for readers. A scenario is filed under the weightiest of its
	// faults, as the others often only prepare the ground.
	Weight int

	detail func(Fault) []string // what its lane says besides whom it is done to
}

// faultRows is the table.
var faultRows = []FaultRow{
	{
		Kind: Pause, Family: PauseFamily, Weight: 1,
		Stopped: "paused", Lasting: "pause of", Happens: "A process stands still",
	},
	{
		Kind: Suspend, Family: PauseFamily, Weight: 2, stopsClock: true, LeavesTraces: true,
		Stopped: "suspended", Lasting: "suspended for", Happens: "A machine is suspended",
	},
	{
		Kind: Crash, Family: CrashFamily, Weight: 7, switchesOff: true, LosesMessages: true, LeavesTraces: true,
		Stopped: "down", Lasting: "down for", Happens: "A machine crashes",
	},
	{
		Kind: StallDisk, Family: DiskFamily, Weight: 8, StallsDisk: true, LeavesTraces: true,
		Lasting: "stalled for", Happens: "A disk stalls",
	},
	{
		Kind: ClockFault, Family: ClockFamily, Weight: 9, LeavesTraces: true,
		Lasting: "wrong for", Happens: "A clock is wrong", detail: turned,
	},
	{
		Kind: Partition, Family: NetworkFamily, Weight: 6, onLinks: true, parts: true, LosesMessages: true,
		Lasting: "cut for", Happens: "The network is parted",
	},
	{
		Kind: Delay, Family: NetworkFamily, Weight: 4, onLinks: true,
		Lasting: "slow for", Happens: "The network is slow", detail: later,
	},
	{
		Kind: Hold, Family: NetworkFamily, Weight: 3, onLinks: true, awaits: true,
		Lasting: "held for", Happens: "A message is held up", detail: later,
	},
	{
		Kind: Drop, Family: NetworkFamily, Weight: 5, onLinks: true, LosesMessages: true,
		Lasting: "lossy for", Happens: "The network loses packets", detail: lost,
	},
}

// turned says which clock goes wrong, and by how much.
func turned(f Fault) []string {
	change := signed(f.Step)
	if f.Rate != 0 {
		change = "×" + strconv.FormatFloat(float64(f.Rate)/billion, 'g', -1, 64)
	}
	return []string{string(f.Clock), change}
}

// later says how much later packets arrive.
func later(f Fault) []string { return []string{signed(f.By)} }

// lost says how likely packets are lost.
func lost(f Fault) []string { return []string{fmt.Sprintf("p=%g", f.Probability)} }

// FaultKinds lists the kinds that exist.
func FaultKinds() (kinds []FaultKind) {
	for _, row := range faultRows {
		kinds = append(kinds, row.Kind)
	}
	return kinds
}

// row is the kind's row of the table; false: there is no such kind, as in a file that
// somebody has written.
func (k FaultKind) row() (FaultRow, bool) {
	for _, row := range faultRows {
		if row.Kind == k {
			return row, true
		}
	}
	return FaultRow{}, false
}

// Row is the kind's row of the table. It panics if there is no such kind: whoever reads a
// kind from a file finds out first (Known).
func (k FaultKind) Row() FaultRow {
	row, known := k.row()
	if !known {
		panic(fmt.Sprintf("there is no fault %q", string(k)))
	}
	return row
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

// The following may be asked of anything that stands in the place of a kind, such as in an
// event that is about no fault. What does not exist does none of it.

// OnLinks tells whether a fault of this kind is done to links, not to hosts.
func (k FaultKind) OnLinks() bool {
	row, _ := k.row()
	return row.onLinks
}

// StopsHost tells whether the processes of a host do nothing while a fault of this kind
// is in effect on it.
func (k FaultKind) StopsHost() bool {
	row, _ := k.row()
	return row.Stopped != ""
}

// SwitchesOff tells whether a fault of this kind ends a host's processes, so that what they
// had in memory is gone, and takes the host off the network until it is undone.
func (k FaultKind) SwitchesOff() bool {
	row, _ := k.row()
	return row.switchesOff
}

// AwaitsMessage tells whether a fault of this kind is done to a message on its way, so that
// it cannot begin before there is one, and is over when that has arrived.
func (k FaultKind) AwaitsMessage() bool {
	row, _ := k.row()
	return row.awaits
}
