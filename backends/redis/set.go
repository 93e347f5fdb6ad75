package redis

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// SetKey is the set to which clients add elements.
const SetKey = "elements"

// SetPort is the command of one Redis server that a set needs. Its errors are those of a Port.
type SetPort interface {
	// Add is SADD of one element.
	Add(key, element string, timeout time.Duration) error
}

var _ backends.SetKeeper = Backend{}

// KeepsSet is true for the plain service: the library only has locks.
func (b Backend) KeepsSet() bool { return b.Profile == Documented }

// SimulateSet puts the model on its host.
func (Backend) SimulateSet(w *virtual.World, s backends.Settings) (func(*virtual.Host) backends.Adder, backends.SetReader) {
	n := simulateNode(w, ServerID, NodeSettingsOf(s), (*virtual.Host).Record)
	access := func(h *virtual.Host) backends.Adder {
		return NewAdder(h, dialNode(h, ServerID, nil), s.Of(h.ID()))
	}
	return access, n.contents
}

// contents reads the set in the server's memory.
func (n *node) contents() (backends.SetContents, error) {
	if n.host.Down() {
		return backends.SetContents{}, fmt.Errorf("%s is down", n.host.ID())
	}
	return backends.SetContents{Host: n.host.ID(), Elements: n.server.model.Members(SetKey)}, nil
}

// NewAdder returns a host's access to the set of one server.
func NewAdder(h sim.Host, p SetPort, s backends.Settings) backends.Adder {
	return adder{h, p, s.Span(optionTimeout)}
}

// adder adds elements to the set of one server.
type adder struct {
	host    sim.Host
	port    SetPort
	timeout time.Duration // of each call
}

// Add signs the element, so that one left by an earlier trial is not mistaken for it.
func (a adder) Add(element string) error {
	if err := a.port.Add(SetKey, sim.Sign(a.host, element), a.timeout); err != nil {
		return fmt.Errorf("add %s to %s: %w", element, SetKey, err)
	}
	return nil
}
