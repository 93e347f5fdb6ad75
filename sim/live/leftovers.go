//go:build linux

package live

import (
	"errors"
	"fmt"
	"net"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/network"
	"golang.org/x/sys/unix"
)

// A trial's processes leave things under way: a message that a cut held back, or that a link
// delayed, arrives once the fault has been undone, although its sender has ended. In the next
// trial on the same servers it would be a request that nobody made.

// errStillRunning means that processes of a trial have not ended.
var errStillRunning = errors.New("processes of the trial still run")

// endLeftovers ends everything that ended processes still had under way, from their hosts and to
// them. Call it while the trial's faults are still in effect. It fails if something may be left.
func (l *Lab) endLeftovers() error {
	if !l.Idle() {
		return errStillRunning
	}
	deserted := l.deserted()
	var addresses []net.IP
	for _, a := range deserted {
		addresses = append(addresses, a.ip)
	}
	for _, id := range l.hosts() {
		if err := l.Agent(id).net.EndConnections(addresses); err != nil {
			return fmt.Errorf("host %s: %w", id, err)
		}
	}
	// Whatever was sent before this point is now in the switch, or lost.
	from, touched, err := l.linksOfAll(deserted)
	if err != nil {
		return err
	}
	if err := l.network.Settle(from); err != nil {
		return err
	}
	for _, each := range touched {
		each.Clear()
	}
	return nil
}

// deserted lists the hosts on which every process of the lab has ended.
func (l *Lab) deserted() (all []*Agent) {
	running := make(map[sim.HostID]bool)
	for _, p := range l.processes() {
		running[p.host] = running[p.host] || !closed(p.done)
	}
	for _, id := range l.hosts() {
		if !running[id] {
			all = append(all, l.Agent(id))
		}
	}
	return all
}

// linksOfAll returns one link from each of the hosts, and all links from and to them.
func (l *Lab) linksOfAll(hosts []*Agent) (from, all []*network.Link, err error) {
	for _, a := range hosts {
		first := true
		for _, other := range l.hosts() {
			if other == a.id {
				continue
			}
			out, err1 := l.link(sim.Link{From: a.id, To: other})
			in, err2 := l.link(sim.Link{From: other, To: a.id})
			if err := errors.Join(err1, err2); err != nil {
				return nil, nil, err
			}
			if first {
				from, first = append(from, out), false
			}
			all = append(all, out, in)
		}
	}
	return from, all, nil
}

// dropConnections ends what is left of the connections of the host's dead processes. Their
// kernel lives on, and would resend what they had sent and nobody has received. A kernel without
// support for ending connections (CONFIG_INET_DIAG_DESTROY) does resend it. Call dropConnections
// while the host is cut off: each peer is sent a reset.
func (a *Agent) dropConnections() error {
	if err := a.net.DropConnections(); err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("end the connections of dead processes on host %s: %w", a.id, err)
	}
	return nil
}
