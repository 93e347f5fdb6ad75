//go:build linux

package live

import (
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/protocol"
	"github.com/locklab/locklab/sim/live/network"
)

// A step may do something to links when a client has sent a request: hold the request, hold its
// answer, or cut the client off. In the virtual world the request is then still on its way. Here
// it would have arrived before the harness has read the event. So a process announces that it is
// about to send (see Host.Sending), and the switch keeps all messages from and to its host until
// the step has been carried out.

// holdLimit is how long the network keeps messages for an event that does not come because the
// request could not be sent or its client has died.
const holdLimit = time.Second

// holdBuffer is what the network keeps for the steps that wait for one event.
type holdBuffer struct {
	host  sim.HostID
	kind  sim.Kind
	links []*network.Link
	timer *time.Timer
}

// keeps lists the kinds of event for which a process of the host must wait because a step then
// does something to links.
func (w *World) keeps(host sim.HostID) []sim.Kind {
	var kinds []sim.Kind
	for _, s := range w.steps {
		if s.When.Host == host && s.When.Holds() && s.Do.Kind.OnLinks() {
			kinds = append(kinds, s.When.Kind)
		}
	}
	return kinds
}

// keepFor makes the network keep what a process is about to send, if a step waits for the next
// event of this kind, and lets the process continue.
func (w *World) keepFor(p *Proc, kind sim.Kind) {
	w.mu.Lock()
	if !w.over && w.nextFires(p.host, kind) {
		w.letGo(p.host, kind) // left from a request that was never sent
		b := &holdBuffer{host: p.host, kind: kind, links: w.around(p.host)}
		for _, l := range b.links {
			l.Keep()
		}
		b.timer = time.AfterFunc(holdLimit, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.end(b)
		})
		w.buffers = append(w.buffers, b)
	}
	w.mu.Unlock()
	p.talk.Tell(protocol.Order{Do: protocol.GoOn}) // if that fails, so does the end of the trial
}

// nextFires reports whether a step that does something to links waits for the next event of this
// kind on this host. The caller holds mu.
func (w *World) nextFires(host sim.HostID, kind sim.Kind) bool {
	nth := 1
	for _, e := range w.events {
		if e.Host == host && e.Kind == kind {
			nth++
		}
	}
	return slices.ContainsFunc(w.steps, func(s sim.Step) bool {
		return s.When == sim.Trigger{Host: host, Kind: kind, Nth: nth} && s.Do.Kind.OnLinks()
	})
}

// around lists the links from and to a host.
func (w *World) around(host sim.HostID) (links []*network.Link) {
	for _, other := range w.lab.hosts() {
		for _, n := range []sim.Link{{From: host, To: other}, {From: other, To: host}} {
			if l, err := w.lab.link(n); err == nil && other != host { // a closed lab has none
				links = append(links, l)
			}
		}
	}
	return links
}

// letGo releases what is kept for an event, if anything is. The caller holds mu.
func (w *World) letGo(host sim.HostID, kind sim.Kind) {
	for _, b := range slices.Clone(w.buffers) {
		if b.host == host && b.kind == kind {
			w.end(b)
		}
	}
}

// end releases what is kept, once. The caller holds mu.
func (w *World) end(b *holdBuffer) {
	i := slices.Index(w.buffers, b)
	if i < 0 {
		return
	}
	w.buffers = slices.Delete(w.buffers, i, i+1)
	b.timer.Stop()
	for _, l := range b.links {
		l.StopKeeping()
	}
}
