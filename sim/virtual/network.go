package virtual

import (
	"math"
	"time"

	"github.com/locklab/locklab/sim"
)

// Latency is the time a packet takes over a link: Base plus an exponentially distributed wait
// with mean Jitter.
type Latency struct{ Base, Jitter time.Duration }

// lan is a quiet local network.
var lan = Latency{Base: 200 * time.Microsecond, Jitter: 50 * time.Microsecond}

// Retransmission timing of Linux: an unacknowledged packet is sent again after 200 ms, a
// connection request after a second; the wait then doubles each time, up to two minutes.
const (
	firstRetransmit        = 200 * time.Millisecond
	firstConnectRetransmit = time.Second
	lastRetransmit         = 120 * time.Second
)

// link is the path from one host to another. The way back is a separate link.
type link struct {
	latency Latency
	random  *sim.Random
	cut     int           // number of partitions that cut it
	extra   time.Duration // what delay faults add to every packet's travel time
	losses  []float64     // the probability with which each drop fault loses a packet
	awaited []func()      // called when the next packet has been sent
	sent    int64         // messages, each counted once
}

// link returns the link from one host to another, creating it on first use.
func (w *World) link(from, to *Host) *link {
	row := w.links[from.index]
	for len(row) <= to.index {
		row = append(row, nil)
	}
	w.links[from.index] = row
	if row[to.index] == nil {
		row[to.index] = &link{
			latency: lan,
			random:  sim.NewRandom(w.seed, "link "+string(from.id)+" → "+string(to.id)),
		}
	}
	return row[to.index]
}

// travel draws the travel time of one packet.
func (l *link) travel() time.Duration {
	if l.latency.Jitter == 0 {
		return l.latency.Base + l.extra
	}
	wait := -math.Log(1-l.random.Float64()) * float64(l.latency.Jitter)
	return l.latency.Base + l.extra + time.Duration(wait)
}

// loses draws whether a packet is lost.
func (l *link) loses() bool {
	lost := false
	for _, p := range l.losses {
		lost = l.random.Float64() < p || lost
	}
	return lost
}

// Traffic returns how many messages each host has sent to each other host, in the order of
// Hosts.
func (w *World) Traffic() (all []sim.Traffic) {
	for i, row := range w.links {
		for j, l := range row {
			if l != nil && l.sent > 0 {
				all = append(all, sim.Traffic{From: w.hosts[i].id, To: w.hosts[j].id, Messages: l.sent})
			}
		}
	}
	return all
}

// SetLatency sets the travel time of packets from one host to another, one way.
func (w *World) SetLatency(from, to sim.HostID, l Latency) {
	w.link(w.Host(from), w.Host(to)).latency = l
}

// Cut drops every packet from one host to another, one way, until Mend. Open connections stall;
// nobody is told.
func (w *World) Cut(from, to sim.HostID) { w.link(w.Host(from), w.Host(to)).cut++ }

// Mend undoes one Cut.
func (w *World) Mend(from, to sim.HostID) { w.link(w.Host(from), w.Host(to)).cut-- }

// Connects reports whether a connection to another host can be made at this moment: that host is
// up, and nothing cuts the way there and back. It stands for the handshake, which the kernels do
// among themselves before a program has sent anything.
func (h *Host) Connects(to sim.HostID) bool {
	other := h.world.Host(to)
	return !other.down && h.world.link(h, other).cut == 0 && h.world.link(other, h).cut == 0
}

// pipe is one direction of a connection. It delivers in order, like TCP: everything behind a
// lost packet waits until that packet has been sent again and has arrived. A sender that stops
// waiting does not take back what it has sent: the kernel keeps trying.
type pipe struct {
	world  *World
	from   *Host
	to     *Host
	life   int // of the sender when the pipe was made
	link   *link
	last   time.Duration // when the latest packet arrives
	lost   []*packet     // the first was dropped; the rest wait behind it
	again  timer         // fires when the first of lost is sent again
	hungUp bool          // the sender closed it: what has not arrived never will
}

// packet is one message in transit.
type packet struct {
	timer    timer
	pipe     *pipe
	cargo    cargo
	leaves   time.Duration // true time, after the handshake
	patience time.Duration // how long until it is sent again if it is lost
	trace    *trace        // its record for the history; nil if messages are not recorded
	kernel   bool          // it is the kernels' own: it is not counted, and no paused process delays it
	persists bool          // it is also sent again to a host that is down
	watched  bool          // a fault's probe looks at it, so it is not used again
}

// cargo is what a packet carries: a request of a call, its reply, a posted message, or something
// that the kernels do.
type cargo struct {
	call    *Call
	message any
	reply   bool   // the message is the reply of the call
	life    int    // of a posted message's receiver when it was sent
	do      func() // of the kernels
}

// deliver hands over what has arrived, while the receiving host is not paused.
func (c cargo) deliver(p *pipe) {
	switch {
	case c.do != nil:
		c.do()
	case c.reply:
		c.call.receive(c.message)
	case c.call != nil:
		c.call.serve(c.message)
	case p.to.receive != nil && p.to.life == c.life && !p.hungUp:
		p.to.receive(p.from.id, c.message)
	}
}

// packet returns a packet with this cargo, one that is not in use any more if there is one.
func (p *pipe) packet(c cargo) (k *packet) {
	w := p.world
	if last := len(w.packets) - 1; last >= 0 {
		k, w.packets = w.packets[last], w.packets[:last]
	} else {
		k = &packet{}
	}
	*k = packet{pipe: p, cargo: c, timer: timer{place: nowhere, holds: k}}
	return k
}

// spent takes back a packet that will not be sent again.
func (w *World) spent(k *packet) {
	if !k.watched {
		w.packets = append(w.packets, k)
	}
}

func newPipe(w *World, from, to *Host) *pipe {
	return &pipe{world: w, from: from, to: to, life: from.life, link: w.link(from, to), again: timer{place: nowhere}}
}

// send sends a message. roundTrips pass before it can leave. With persists it is also sent again
// to a host that is down. It is delivered when it has arrived and the receiving host is not paused.
func (p *pipe) send(roundTrips int, c cargo, persists bool) {
	k := p.packet(c)
	k.persists = persists
	p.link.sent++
	k.trace = p.world.traceOf(k, c.message)
	if len(p.lost) > 0 {
		p.lost = append(p.lost, k)
		return
	}
	p.launch(k, time.Duration(2*roundTrips)*(p.link.latency.Base+p.link.extra))
}

// sendBare sends an empty packet from one kernel to the other.
func (p *pipe) sendBare(do func()) {
	k := p.packet(cargo{do: do})
	k.kernel, k.persists = true, true
	p.launch(k, 0)
}

func (p *pipe) launch(k *packet, delay time.Duration) {
	k.leaves = p.world.now + delay
	p.last = max(p.last, k.leaves+p.link.travel())
	p.world.schedule(&k.timer, p.last)
	if awaited := p.link.awaited; awaited != nil && !k.kernel {
		p.link.awaited = nil
		for _, f := range awaited {
			f()
		}
	}
}

// arrive is called when a packet reaches the other end of the link. Cuts and losses take effect
// at this point.
func (k *packet) arrive() {
	p := k.pipe
	if behind := len(p.lost) > 0; p.link.cut > 0 || behind || p.link.loses() || k.persists && p.to.down {
		if p.link.cut > 0 || !behind {
			k.trace.lost(p.world.now)
		}
		p.lost = append(p.lost, k)
		if len(p.lost) == 1 {
			p.waitForAgain()
		}
		return
	}
	if p.to.down || p.hungUp {
		k.trace.inVain(p.world.now)
	}
	kernel, cargo := k.kernel, k.cargo
	if !p.to.down {
		k.trace.arrived(p.world.now)
	}
	p.world.spent(k)
	switch {
	case p.to.down: // nobody is there
	case kernel || p.to.paused == 0:
		cargo.deliver(p)
	default: // the kernel has it; processes see it when they go on
		p.to.whenRunning(func() { cargo.deliver(p) })
	}
}

// retransmit sends the lost packets again or, if the link is still cut, waits twice as long. A
// sender that has crashed sends nothing, so whatever waits behind the lost packet waits forever.
func (p *pipe) retransmit() {
	if p.from.life != p.life {
		return
	}
	if p.link.cut > 0 {
		p.lost[0].trace.again(p.world.now)
		p.waitForAgain()
		return
	}
	late := p.lost
	p.lost = nil
	for _, k := range late {
		k.trace.again(p.world.now)
		p.launch(k, 0)
	}
}

// waitForAgain schedules the retransmission of the first lost packet. The wait doubles each time
// this packet is lost.
func (p *pipe) waitForAgain() {
	k, first := p.lost[0], firstRetransmit
	if k.kernel {
		first = firstConnectRetransmit
	}
	k.patience = min(max(2*k.patience, first), lastRetransmit)
	if p.again.run == nil {
		p.again.run = p.retransmit
	}
	p.world.schedule(&p.again, p.world.now+k.patience)
}
