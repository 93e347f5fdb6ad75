package sim

import "time"

// Pace says whether the machine kept up with a live trial: how late processes and messages were,
// compared with the shortest time the trial relies on. Virtual time waits for everyone, so the
// virtual world has no Pace.
type Pace struct {
	Margin time.Duration `json:"margin"` // the shortest time the trial relies on, ns
	Of     string        `json:"of"`     // the name of that time: "node-timeout (40ms)"
	// Measured has one entry for each host on which something was measured. Delays beyond
	// Bearable are not in it; they are events (Late).
	Measured []Lateness `json:"measured,omitempty"`
}

// Bearable returns the largest acceptable delay, in ns. It is half of the margin because a
// request waits for two processes: the one that answers it and the one that asked.
func (p *Pace) Bearable() time.Duration { return p.Margin / 2 }

// Lateness is the worst acceptable delay measured on one host.
type Lateness struct {
	Host  HostID        `json:"host,omitempty"`  // empty means the switch, which also carries out the steps
	Woke  time.Duration `json:"woke,omitempty"`  // how late a process of the host woke up, or the switch carried out a step, ns
	Trip  time.Duration `json:"trip,omitempty"`  // how long a message from the host to another and back took, ns
	Wakes int64         `json:"wakes,omitempty"` // number of wake-ups measured
	Trips int64         `json:"trips,omitempty"` // number of messages measured
}
