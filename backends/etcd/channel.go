package etcd

import (
	"errors"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// errBroken says that a connection was found dead.
var errBroken = errors.New("the connection was found dead")

// channel is the part of gRPC that the client library uses: a connection to each member, and each
// call goes over the next one that is up, in an order that is drawn whenever a connection comes up
// or goes down (client/v3, internal/resolver: round_robin; gRPC, balancer/endpointsharding). A
// stream stays on the connection on which it began.
type channel struct {
	host    *virtual.Host
	conns   []*connection
	order   []*connection // those that are up
	next    int           // in order
	idle    time.Duration // after which a silent connection is probed
	changed sim.Signal    // fires when a connection comes up
	numbers uint64        // of connections and calls so far
}

// newChannel connects a client host to members that are up.
func newChannel(h *virtual.Host, members []*virtual.Host, idle time.Duration) *channel {
	c := &channel{host: h, idle: idle, changed: h.NewSignal()}
	h.Receive(c.receive)
	for _, m := range members {
		k := &connection{channel: c, member: m}
		c.conns = append(c.conns, k)
		k.stand(c.number(), m.Life())
	}
	return c
}

func (c *channel) number() uint64 {
	c.numbers++
	return c.numbers
}

// arrange draws the order in which the connections that are up are used.
func (c *channel) arrange() {
	c.order, c.next = nil, 0
	for _, k := range c.conns {
		if k.up {
			at := int(c.host.Uint64() % uint64(len(c.order)+1))
			c.order = slices.Insert(c.order, at, k)
		}
	}
}

// pick returns the connection for the next call. It waits for one until the time end; nil means
// that none came up.
func (c *channel) pick(end time.Duration) *connection {
	for len(c.order) == 0 {
		if !c.changed.Wait(end - c.host.Now()) {
			return nil
		}
	}
	k := c.order[c.next%len(c.order)]
	c.next++
	return k
}

func (c *channel) receive(from sim.HostID, message any) {
	i := slices.IndexFunc(c.conns, func(k *connection) bool { return k.member.ID() == from })
	if i < 0 {
		return
	}
	switch k := c.conns[i]; m := message.(type) {
	case accepted:
		if m.Conn == k.number && !k.up {
			k.stand(m.Conn, m.Life)
		}
	case answer:
		if m.Conn == k.number {
			k.heard()
			k.answered(m)
		}
	case alive:
		if m.Conn == k.number {
			k.heard()
		}
	case reset:
		if m.Conn == k.number && k.up {
			k.broken()
		}
	}
}

// call is a request that waits for its answer.
type call struct {
	number uint64
	done   func(answer any, err error) // called once, outside any process
}

// start sends a request. It goes out at once, in order after everything sent before.
func (k *connection) start(request any, done func(any, error)) *call {
	c := &call{number: k.channel.number(), done: done}
	k.calls = append(k.calls, c)
	k.send(c.number, request)
	return c
}

// forget stops waiting for an answer. gRPC tells the member, so something is sent.
func (k *connection) forget(c *call) {
	if i := slices.Index(k.calls, c); i >= 0 {
		k.calls = slices.Delete(k.calls, i, i+1)
		if k.dead() {
			k.send(c.number, cancelled{})
		}
	}
}

func (k *connection) answered(a answer) {
	i := slices.IndexFunc(k.calls, func(c *call) bool { return c.number == a.Call })
	if i < 0 {
		return
	}
	c := k.calls[i]
	k.calls = slices.Delete(k.calls, i, i+1)
	c.done(a.Answer, nil)
}
