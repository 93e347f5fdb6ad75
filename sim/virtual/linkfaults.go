package virtual

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// linkEffects are what this world does to links, by the kind of fault.
var linkEffects = map[sim.FaultKind]func(*World, []sim.Link, sim.Fault) (effect, error){
	sim.Partition: onEach((*link).partitionFault),
	sim.Delay:     onEach((*link).delayFault),
	sim.Hold:      (*World).holdFault,
	sim.Drop:      onEach((*link).dropFault),
}

// onEach does to every link what is done to each of them by itself.
func onEach(do func(*link, sim.Link, sim.Fault) effect) func(*World, []sim.Link, sim.Fault) (effect, error) {
	return func(w *World, named []sim.Link, f sim.Fault) (effect, error) {
		var all []effect
		for _, n := range named {
			all = append(all, do(w.link(w.Host(n.From), w.Host(n.To)), n, f))
		}
		return together(all), nil
	}
}

// together makes one effect of those on single links.
func together(all []effect) effect {
	each := func(do func(effect) error) func() error {
		return func() error {
			for _, e := range all {
				if err := do(e); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return effect{
		probe: each(func(e effect) error { return e.probe() }),
		undo:  each(func(e effect) error { return e.undo() }),
	}
}

func (l *link) partitionFault(n sim.Link, _ sim.Fault) effect {
	l.cut++
	return effect{
		probe: func() error {
			if l.cut == 0 {
				return fmt.Errorf("packets get through from %s to %s", n.From, n.To)
			}
			return nil
		},
		undo: func() error { l.cut--; return nil },
	}
}

// delayFault makes packets that are sent from now on arrive later, by the sum of the
// delays in effect.
func (l *link) delayFault(n sim.Link, f sim.Fault) effect {
	l.extra += f.By
	return effect{
		probe: func() error {
			if l.extra < f.By {
				return fmt.Errorf("packets from %s to %s are delayed by %v, expected at least %v", n.From, n.To, l.extra, f.By)
			}
			return nil
		},
		undo: func() error { l.extra -= f.By; return nil },
	}
}

// dropFault makes the link lose packets. Of several such faults each draws for itself.
func (l *link) dropFault(n sim.Link, f sim.Fault) effect {
	probability := f.Probability
	l.losses = append(l.losses, probability)
	probe := func() error {
		if !slices.Contains(l.losses, probability) {
			return fmt.Errorf("the link from %s to %s does not lose %g of its packets", n.From, n.To, probability)
		}
		return nil
	}
	return effect{
		probe: probe,
		undo: func() error {
			if err := probe(); err != nil {
				return err
			}
			i := slices.Index(l.losses, probability)
			l.losses = slices.Delete(l.losses, i, i+1)
			return nil
		},
	}
}

// holdFault makes the packets that are on their way arrive later, in their order. Packets
// that are sent later over the same connections wait behind them.
func (w *World) holdFault(named []sim.Link, f sim.Fault) (effect, error) {
	type promise struct {
		packet *packet
		due    time.Duration
	}
	var held []promise
	for _, e := range w.flying(named) {
		k := e.timer.holds
		due := time.Duration(e.at) + f.By
		w.schedule(&k.timer, due)
		k.pipe.last = max(k.pipe.last, due)
		k.watched = true
		held = append(held, promise{k, due})
	}
	if len(held) == 0 {
		return effect{}, errors.New("no message is on its way")
	}
	return effect{
		probe: func() error {
			for _, p := range held {
				if at, flies := w.arrival(p.packet); w.now < p.due && (!flies || at < p.due) {
					return errors.New("the message has arrived already")
				}
			}
			return nil
		},
		undo: func() error { return nil }, // the message arrives by itself
	}, nil
}

// flying lists the packets on these links, in the order in which they will arrive.
func (w *World) flying(named []sim.Link) []entry {
	var found []entry
	for _, n := range named {
		l := w.link(w.Host(n.From), w.Host(n.To))
		for e := range w.upcoming() {
			if k := e.timer.holds; k != nil && !k.kernel && k.pipe.link == l {
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	return found
}

// arrival is when a packet will arrive; false: it is not on its way.
func (w *World) arrival(k *packet) (time.Duration, bool) {
	switch place := k.timer.place; {
	case !queued(place):
		return 0, false
	case place < 0:
		return w.now, true
	default:
		return time.Duration(w.queue.entries[place].at), true
	}
}

// Await calls f when the fault can be applied: at once, or as soon as a message is on its
// way on one of the links.
func (w *World) Await(fault sim.Fault, f func()) {
	links, err := fault.Links()
	if !fault.Kind.AwaitsMessage() || err != nil || len(w.flying(links)) > 0 {
		f()
		return
	}
	caught := false
	for _, n := range links {
		l := w.link(w.Host(n.From), w.Host(n.To))
		l.awaited = append(l.awaited, func() {
			if !caught {
				caught = true
				f()
			}
		})
	}
}
