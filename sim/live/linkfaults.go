//go:build linux

package live

import (
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/network"
)

// linkEffect is what this world does to links.
type linkEffect struct {
	limits
	bring func(*World, []*network.Link, sim.Fault) (effect, error)
}

// linkEffects are what this world does to links, by the kind of fault. Faults nest: what two
// of them do to one link ends when both have been undone.
var linkEffects = map[sim.FaultKind]linkEffect{
	sim.Partition: {bring: func(w *World, links []*network.Link, _ sim.Fault) (effect, error) {
		return effect(w.lab.network.Partition(links)), nil
	}},
	sim.Delay: {bring: func(w *World, links []*network.Link, f sim.Fault) (effect, error) {
		return effect(w.lab.network.Delay(links, f.By)), nil
	}},
	sim.Hold: {bring: func(w *World, links []*network.Link, f sim.Fault) (effect, error) {
		fault, err := w.lab.network.HoldMessages(links, f.By)
		return effect(fault), err
	}},
	sim.Drop: {limits: limits{each: func(f sim.Fault) error { return network.CanLose(f.Probability) }}, bring: func(w *World, links []*network.Link, f sim.Fault) (effect, error) {
		return effect(w.lab.network.Drop(links, f.Probability, w.lab.Seed)), nil
	}},
}

// links finds the links that a fault is done to.
func (w *World) links(f sim.Fault) ([]*network.Link, error) {
	named, err := f.Links()
	if err != nil {
		return nil, err
	}
	var links []*network.Link
	for _, n := range named {
		l, err := w.lab.link(n)
		if err != nil {
			return nil, err
		}
		links = append(links, l)
	}
	return links, nil
}

// awaitLinks calls do when the fault can be applied, while it or its caller holds mu: at
// once, or as soon as a message is on its way on one of the links. That message is kept until
// do has been called.
func (w *World) awaitLinks(f sim.Fault, do func()) {
	links, err := w.links(f)
	if !f.Kind.AwaitsMessage() || err != nil {
		do()
		return
	}
	var held []*network.Link
	finish := func() {
		do()
		for _, l := range held {
			l.LetGo() // what do has not put off
		}
	}
	a := network.NewWaiter(func(l *network.Link) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.over {
			do = func() {}
		}
		held = append(held, l)
		w.due = clock.Now()
		finish()
	})
	for _, l := range links {
		if l.Await(a) {
			held = append(held, l)
		}
	}
	if len(held) > 0 && a.Take() { // unless a link that had none has just been quicker
		finish()
	}
}
