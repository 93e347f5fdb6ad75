package sentinel

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

var _ backends.SetKeeper = Backend{}

// KeepsSet is true: the set is replicated like everything else.
func (Backend) KeepsSet() bool { return true }

// SimulateSet switches the servers and the Sentinels on.
func (Backend) SimulateSet(w *virtual.World, s backends.Settings) (func(*virtual.Host) backends.Adder, backends.SetReader) {
	all := start(w, s)
	w.SetRoles(all.role)
	access := func(h *virtual.Host) backends.Adder {
		own := s.Of(h.ID())
		return NewAdder(dial(h, own), own)
	}
	return access, all.contents
}

// ErrNoMaster means that it is not known which copy of the set counts.
var ErrNoMaster = errors.New("no server is the master by the word of more than half of the Sentinels")

// contents reads the set in the master's memory.
func (a *service) contents() (backends.SetContents, error) {
	id := a.master()
	for _, s := range a.nodes {
		switch {
		case s.host.ID() != id:
		case s.host.Down():
			return backends.SetContents{}, fmt.Errorf("the master, %s, is down", id)
		default:
			return backends.SetContents{Host: id, Elements: s.data.model.Members(redis.SetKey)}, nil
		}
	}
	return backends.SetContents{}, ErrNoMaster
}

// NewAdder returns access to the set over a port.
func NewAdder(p *Port, s backends.Settings) backends.Adder {
	return adder{p, s.Span(optionTimeout)}
}

// adder adds elements to the set on the present master.
type adder struct {
	port    *Port
	timeout time.Duration // of each call, WAIT included
}

// Add is SADD and, with WAIT, counts as acknowledged only if enough replicas have it. WAIT does not
// undo the write: if too few have it, it is still in the master's set.
func (a adder) Add(element string) error {
	p := a.port
	start := p.host.Now()
	c := redis.Command{Kind: redis.CommandAdd, Key: redis.SetKey, Value: sim.Sign(p.host, element)}
	server, got, err := p.call(c, a.timeout)
	if err == nil && p.replicas > 0 {
		err = p.await(server, got, a.timeout-(p.host.Now()-start))
		if errors.Is(err, ErrNotReplicated) {
			err = fmt.Errorf("%w: %w", err, sim.ErrUnknown)
		}
	}
	if err != nil {
		return fmt.Errorf("add %s to %s: %w", element, redis.SetKey, err)
	}
	return nil
}
