package sim

import (
	"fmt"
	"strconv"
)

// FaultKind names a kind of fault.
type FaultKind string

// The kinds of fault.
const (
	// Pause stops every process of a host. The host's clocks go on and its kernel still accepts
	// packets: a stop-the-world garbage collection, SIGSTOP, a page fault.
	Pause FaultKind = "pause"
	// Suspend is a pause that also stops the host's monotonic clock, while its wall clock goes
	// on: a virtual machine or a laptop that was put to sleep.
	Suspend FaultKind = "suspend"
	// Crash switches a host off. It loses its memory and whatever its disk had not synced. When
	// the fault is undone, the host starts again from its disk.
	Crash FaultKind = "crash"
	// StallDisk blocks every sync to a host's disk until the fault is over: a program that syncs
	// waits. Processes, clocks, network and everything that needs no sync go on.
	StallDisk FaultKind = "stall-disk"
	// ClockFault steps a clock of a host, or makes it run at another rate.
	ClockFault FaultKind = "clock"
	// Partition blocks all packets between groups of hosts, or on single links.
	Partition FaultKind = "partition"
	// Delay makes every packet on a link arrive later.
	Delay FaultKind = "delay"
	// Hold delays the messages that are on their way on a link at this moment. If there are
	// none, it waits for the next message.
	Hold FaultKind = "hold"
	// Drop loses packets on a link at random. A lost packet is sent again, as TCP does.
	Drop FaultKind = "drop"
)

// FaultFamily groups kinds of fault by what goes wrong.
type FaultFamily string

// The families.
const (
	PauseFamily   FaultFamily = "process pause"
	CrashFamily   FaultFamily = "crash"
	DiskFamily    FaultFamily = "disk"
	ClockFamily   FaultFamily = "clock"
	NetworkFamily FaultFamily = "network"
)

// FaultRow is a row of the table of faults: everything that is known about one kind. How to
// apply it is up to each world, and how a script asks for it is up to the format of scripts.
// Nothing else lists the kinds: code that needs to know more about a fault gets a column here.
type FaultRow struct {
	Kind   FaultKind
	Family FaultFamily

	onLinks     bool // affects links, not hosts
	switchesOff bool // see SwitchesOff
	awaits      bool // see AwaitsMessage
	parts       bool // blocks all packets, in both directions unless the fault is OneWay

	StallsDisk    bool // the host's disk syncs nothing while the fault lasts
	LosesMessages bool // messages may be lost while the fault lasts
	LeavesTraces  bool // nobody can tell what the affected processes are like afterwards
	stopsClock    bool // the host's monotonic clock stands still while the fault lasts

	Stopped string // state of the host if its processes do nothing during the fault: "paused"; empty if they go on
	Lasting string // introduces the length of the fault: "pause of"
	Happens string // what happens, as a title for the scenarios with this fault: "A process is paused"
	// Weight orders the kinds for readers. A scenario is filed under its weightiest fault,
	// because the others often only prepare the ground.
	Weight int

	detail func(Fault) []string // what its lane says besides which hosts or links are affected
}

// faultRows is the table of faults.
var faultRows = []FaultRow{
	{
		Kind: Pause, Family: PauseFamily, Weight: 1,
		Stopped: "paused", Lasting: "pause of", Happens: "A process is paused",
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
		Lasting: "cut for", Happens: "The network is partitioned",
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

// turned says which clock is wrong, and by how much.
func turned(f Fault) []string {
	change := signed(f.Step)
	if f.Rate != 0 {
		change = "×" + strconv.FormatFloat(float64(f.Rate)/billion, 'g', -1, 64)
	}
	return []string{string(f.Clock), change}
}

// later says how much later packets arrive.
func later(f Fault) []string { return []string{signed(f.By)} }

// lost says how likely it is that a packet is lost.
func lost(f Fault) []string { return []string{fmt.Sprintf("p=%g", f.Probability)} }

// FaultKinds lists all kinds, in the order of the table.
func FaultKinds() (kinds []FaultKind) {
	for _, row := range faultRows {
		kinds = append(kinds, row.Kind)
	}
	return kinds
}

// row returns the kind's row of the table, or false if there is no such kind: a file written by
// hand may name any kind.
func (k FaultKind) row() (FaultRow, bool) {
	for _, row := range faultRows {
		if row.Kind == k {
			return row, true
		}
	}
	return FaultRow{}, false
}

// Row returns the kind's row of the table. It panics if there is no such kind, so check a kind
// that was read from a file with Known first.
func (k FaultKind) Row() FaultRow {
	row, known := k.row()
	if !known {
		panic(fmt.Sprintf("unknown fault %q", string(k)))
	}
	return row
}

// Known reports whether there is such a kind.
func (k FaultKind) Known() bool {
	_, known := k.row()
	return known
}

// UnmarshalText reads the name of a kind and rejects a name that does not exist.
func (k *FaultKind) UnmarshalText(text []byte) error {
	if *k = FaultKind(text); !k.Known() {
		return fmt.Errorf("unknown fault %q, expected one of %q", text, FaultKinds())
	}
	return nil
}

// The methods below work on any value, including that of an event that is about no fault. They
// return false for a kind that does not exist.

// OnLinks reports whether a fault of this kind affects links, not hosts.
func (k FaultKind) OnLinks() bool {
	row, _ := k.row()
	return row.onLinks
}

// StopsHost reports whether the processes of a host do nothing while a fault of this kind is in
// effect on it.
func (k FaultKind) StopsHost() bool {
	row, _ := k.row()
	return row.Stopped != ""
}

// SwitchesOff reports whether a fault of this kind ends a host's processes, which loses what
// they had in memory, and takes the host off the network until it is undone.
func (k FaultKind) SwitchesOff() bool {
	row, _ := k.row()
	return row.switchesOff
}

// AwaitsMessage reports whether a fault of this kind is done to a message on its way. Such a
// fault cannot begin before there is a message, and it is over when that has arrived.
func (k FaultKind) AwaitsMessage() bool {
	row, _ := k.row()
	return row.awaits
}
