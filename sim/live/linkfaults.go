//go:build linux

package live

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// effect is a fault that is in effect: how to look whether it is, and how to end it.
//
// Moments are on the machine's clock, and those that the history shows: before the first
// nothing has come of the fault, from it on the fault is wholly in effect, and after the
// second no more.
type effect struct {
	at    time.Duration
	probe func() error
	undo  func() (at time.Duration, err error)
}

// linkEffect is what this world does to links.
type linkEffect struct {
	limits
	bring func(*World, []*link, sim.Fault) (effect, error)
}

// linkEffects are what this world does to links, by the kind of fault. Faults nest: what two
// of them do to one link ends when both have been undone.
var linkEffects = map[sim.FaultKind]linkEffect{
	sim.Partition: {bring: func(w *World, links []*link, _ sim.Fault) (effect, error) {
		return w.lab.network.partition(links), nil
	}},
	sim.Delay: {bring: func(w *World, links []*link, f sim.Fault) (effect, error) {
		return w.lab.network.delay(links, f.By), nil
	}},
	sim.Hold: {bring: func(w *World, links []*link, f sim.Fault) (effect, error) {
		return w.lab.network.holdMessages(links, f.By)
	}},
	sim.Drop: {limits: limits{each: canLose}, bring: func(w *World, links []*link, f sim.Fault) (effect, error) {
		return w.lab.network.drop(links, f.Probability, w.lab.Seed), nil
	}},
}

// links finds the links that a fault is done to.
func (w *World) links(f sim.Fault) ([]*link, error) {
	named, err := f.Links()
	if err != nil {
		return nil, err
	}
	var links []*link
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
	var keeping []*link
	finish := func() {
		do()
		for _, l := range keeping {
			l.letGo() // what do has not put off
		}
	}
	a := &awaiting{then: func(l *link) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.over {
			do = func() {}
		}
		keeping = append(keeping, l)
		w.due = machineClock()
		finish()
	}}
	for _, l := range links {
		if l.await(a) {
			keeping = append(keeping, l)
		}
	}
	if len(keeping) > 0 && a.take() { // unless a link that had none has just been quicker
		finish()
	}
}

// fewProbes is how many probe frames show what happens to all frames of a link.
const fewProbes = 3

// partition cuts links. It is proven by probe frames that do not arrive.
func (s *vswitch) partition(links []*link) effect {
	add := func(n int) time.Duration {
		return s.together(links, func(l *link) { l.cuts += n })
	}
	at := add(1)
	probe := func() error {
		all, err := s.sound(links, fewProbes)
		defer s.sounding.forget(all)
		if err != nil {
			return err
		}
		for _, g := range all {
			if n := max(g.link.through(g), s.sounding.look(g).arrived); n > 0 {
				return fmt.Errorf("packets get through %s: %d of %d probe frames did", g.link, n, fewProbes)
			}
		}
		return nil
	}
	return effect{at: at, probe: probe, undo: func() (time.Duration, error) { return add(-1), nil }}
}

// delay makes frames that are sent from now on arrive later, by the sum of the delays in
// effect. It is proven by probe frames that have not been handed over after less, and are
// not about to be. Nobody waits for them: what the frames of one probe do afterwards is
// looked at in the next.
func (s *vswitch) delay(links []*link, by time.Duration) effect {
	add := func(d time.Duration) time.Duration {
		return s.together(links, func(l *link) { l.extra += d })
	}
	at := add(by)
	var before []*sounding
	probe := func() error {
		all, err := s.sound(links, fewProbes)
		if err != nil {
			return err
		}
		earlier := before
		before = all
		defer s.sounding.forget(earlier)
		for _, g := range slices.Concat(earlier, all) {
			if took := g.link.quickest(g); took < by {
				return fmt.Errorf("a probe frame %s takes %v, expected at least %v", g.link, took, by)
			}
		}
		for _, g := range all {
			if g.link.through(g) == 0 && g.link.expectedLoss() == 0 {
				return fmt.Errorf("of %d probe frames %s none is on its way or has arrived", fewProbes, g.link)
			}
		}
		return nil
	}
	undo := func() (time.Duration, error) {
		until := add(-by)
		s.sounding.forget(before)
		return until, nil
	}
	return effect{at: at, probe: probe, undo: undo}
}

// expectedLoss is the share of frames that the link is to lose: 1 while it is cut, or its
// sender is off.
func (l *link) expectedLoss() float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cuts+l.off > 0 {
		return 1
	}
	through := 1.0
	for _, p := range l.losses {
		through *= 1 - p
	}
	return 1 - through
}

// rarestLoss is the least probability of loss that probe frames can prove in a moment.
const rarestLoss = 0.005

// canLose says why a loss of packets cannot be shown to happen; nil: it can.
func canLose(f sim.Fault) error {
	if f.Probability < rarestLoss {
		return fmt.Errorf("a loss of %g of the packets is too rare for the live world to prove it: use %g or more", f.Probability, rarestLoss)
	}
	return nil
}

// drop makes links lose frames at random. What the kernel has left for the network card
// to cut up is lost as a whole. It is proven by counting how many probe frames arrive.
func (s *vswitch) drop(links []*link, probability float64, seed uint64) effect {
	at := s.together(links, func(l *link) {
		if l.random == nil {
			l.random = sim.NewRandom(seed, fmt.Sprintf("link %s → %s", l.name.From, l.name.To))
		}
		l.losses = append(l.losses, probability)
	})
	undo := func() (time.Duration, error) {
		return s.together(links, func(l *link) {
			if i := slices.Index(l.losses, probability); i >= 0 {
				l.losses = slices.Delete(l.losses, i, i+1)
			}
		}), nil
	}
	return effect{at: at, probe: func() error { return s.probeLoss(links, probability) }, undo: undo}
}

// probeLoss sends so many probe frames that about 40 are lost if one in 1/p is. Fewer or
// more than five standard deviations from what is to be expected happens once in a
// million probes, to a normal distribution; where other faults take their share, too, the
// expectation is a range.
func (s *vswitch) probeLoss(links []*link, p float64) error {
	n := int(math.Ceil(40 / p))
	all, err := s.sound(links, n)
	defer s.sounding.forget(all)
	if err != nil {
		return err
	}
	spread := func(p float64) float64 { return 5 * math.Sqrt(float64(n)*p*(1-p)) }
	for _, g := range all {
		lost := float64(n - g.link.through(g))
		most := max(p, g.link.expectedLoss())
		if lost < float64(n)*p-spread(p) || lost > float64(n)*most+spread(most) {
			return fmt.Errorf("the link %s lost %v of %d probe frames, which a loss of %g does not explain", g.link, lost, n, p)
		}
	}
	return nil
}

// holdMessages makes what is on its way arrive later. It is proven by the messages still
// being in the harness's hands.
func (s *vswitch) holdMessages(links []*link, by time.Duration) (effect, error) {
	var all []held
	at := s.together(links, func(l *link) { all = append(all, l.hold(by)...) })
	if len(all) == 0 {
		return effect{}, errors.New("no message is on its way")
	}
	probe := func() error {
		for _, h := range all {
			if h.early() {
				return fmt.Errorf("the message %s has arrived already", h.link)
			}
		}
		return nil
	}
	undo := func() (time.Duration, error) { return machineClock(), nil } // it arrives by itself
	return effect{at: at, probe: probe, undo: undo}, nil
}
