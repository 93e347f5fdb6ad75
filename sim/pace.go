package sim

import "time"

// Pace says whether the machine kept up with a live trial: how late processes and messages
// were, beside the shortest time that the trial relies on. Virtual time waits for everybody,
// so the virtual world has none.
type Pace struct {
	Margin time.Duration `json:"margin"` // the shortest time that the trial relies on, ns
	Of     string        `json:"of"`     // what that is: "node-timeout (40ms)"
	// Measured has each host once that something was measured on. What could not be borne is
	// not in it, but among the events (Late).
	Measured []Lateness `json:"measured,omitempty"`
}

// Bearable is how late somebody may be, in ns: half of the margin, as a request waits for two
// processes, the one that answers it and the one that has asked.
func (p *Pace) Bearable() time.Duration { return p.Margin / 2 }

// Lateness is how late one host was at worst, as far as it could be borne.
type Lateness struct {
	Host  HostID        `json:"host,omitempty"`  // empty: the switch, which also carries out the steps
	Woke  time.Duration `json:"woke,omitempty"`  // how much later than it wanted a process of the host woke up, or the switch carried out a step, ns
	Trip  time.Duration `json:"trip,omitempty"`  // how long a message from the host to another and back took, ns
	Wakes int64         `json:"wakes,omitempty"` // how often processes woke up
	Trips int64         `json:"trips,omitempty"` // how many messages there were
}
