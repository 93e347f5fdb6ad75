package sim

import (
	"slices"
	"time"
)

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

	servers []HostID // of the lock service, for the roles Primary, Few and Others
}

// Parted gives the groups whose hosts cannot ask each other anything and get an answer.
func (f Fault) Parted() [][]HostID {
	row, _ := f.Kind.row()
	switch {
	case !row.parts:
		return nil
	case len(f.Groups) > 0:
		return f.Groups
	}
	return [][]HostID{f.From, f.To}
}

// BothWays tells whether what is done to the links from From to To is also done to those back.
func (f Fault) BothWays() bool {
	row, _ := f.Kind.row()
	return row.parts && !f.OneWay
}

// ShiftsMonotonic tells whether the fault makes the monotonic clock of a host's processes
// differ from that of the machine that they really run on.
func (f Fault) ShiftsMonotonic() bool {
	return f.Kind.Row().stopsClock || f.Clock == MonotonicClock
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
