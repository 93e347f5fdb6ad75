//go:build linux

package network

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
)

// Fault is what is done to links: since when, on the machine's clock, how to look whether it is in
// effect, and how to end it. Undo returns until when it was in effect.
type Fault struct {
	At    time.Duration
	Probe func() error
	Undo  func() (at time.Duration, err error)
}

// fewProbes is how many probe frames show what happens to all frames of a link.
const fewProbes = 3

// Partition cuts links. It is proven by probe frames that do not arrive.
func (s *Switch) Partition(links []*Link) Fault {
	add := func(n int) time.Duration {
		return s.together(links, func(l *Link) { l.cuts += n })
	}
	at := add(1)
	probe := func() error {
		all, err := s.probe(links, fewProbes)
		defer s.prober.forget(all)
		if err != nil {
			return err
		}
		for _, g := range all {
			if n := max(g.link.through(g), s.prober.look(g).arrived); n > 0 {
				return fmt.Errorf("packets get through %s: %d of %d probe frames did", g.link, n, fewProbes)
			}
		}
		return nil
	}
	return Fault{At: at, Probe: probe, Undo: func() (time.Duration, error) { return add(-1), nil }}
}

// Delay makes frames that are sent from now on arrive later, by the sum of the delays in
// effect. It is proven by probe frames that have not been handed over after less, and are
// not about to be. Nobody waits for them: what the frames of one probe do afterwards is
// looked at in the next.
func (s *Switch) Delay(links []*Link, by time.Duration) Fault {
	add := func(d time.Duration) time.Duration {
		return s.together(links, func(l *Link) { l.extra += d })
	}
	at := add(by)
	var before []*probing
	probe := func() error {
		all, err := s.probe(links, fewProbes)
		if err != nil {
			return err
		}
		earlier := before
		before = all
		defer s.prober.forget(earlier)
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
		s.prober.forget(before)
		return until, nil
	}
	return Fault{At: at, Probe: probe, Undo: undo}
}

// expectedLoss is the share of frames that the link is to lose: 1 while it is cut, or its
// sender is off.
func (l *Link) expectedLoss() float64 {
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

// CanLose says why a loss of packets with this probability cannot be shown to happen; nil: it can.
func CanLose(probability float64) error {
	if probability < rarestLoss {
		return fmt.Errorf("a loss of %g of the packets is too rare for the live world to prove it: use %g or more", probability, rarestLoss)
	}
	return nil
}

// Drop makes links lose frames at random. What the kernel has left for the network card
// to cut up is lost as a whole. It is proven by counting how many probe frames arrive.
func (s *Switch) Drop(links []*Link, probability float64, seed uint64) Fault {
	at := s.together(links, func(l *Link) {
		if l.random == nil {
			l.random = sim.NewRandom(seed, fmt.Sprintf("link %s → %s", l.name.From, l.name.To))
		}
		l.losses = append(l.losses, probability)
	})
	undo := func() (time.Duration, error) {
		return s.together(links, func(l *Link) {
			if i := slices.Index(l.losses, probability); i >= 0 {
				l.losses = slices.Delete(l.losses, i, i+1)
			}
		}), nil
	}
	return Fault{At: at, Probe: func() error { return s.probeLoss(links, probability) }, Undo: undo}
}

// probeLoss sends so many probe frames that about 40 are lost if one in 1/p is. Fewer or
// more than five standard deviations from what is to be expected happens once in a
// million probes, to a normal distribution; where other faults take their share, too, the
// expectation is a range.
func (s *Switch) probeLoss(links []*Link, p float64) error {
	n := int(math.Ceil(40 / p))
	all, err := s.probe(links, n)
	defer s.prober.forget(all)
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

// HoldMessages makes what is on its way arrive later. It is proven by the messages still
// being in the harness's hands.
func (s *Switch) HoldMessages(links []*Link, by time.Duration) (Fault, error) {
	var all []held
	at := s.together(links, func(l *Link) { all = append(all, l.hold(by)...) })
	if len(all) == 0 {
		return Fault{}, errors.New("no message is on its way")
	}
	probe := func() error {
		for _, h := range all {
			if h.early() {
				return fmt.Errorf("the message %s has arrived already", h.link)
			}
		}
		return nil
	}
	undo := func() (time.Duration, error) { return clock.Now(), nil } // it arrives by itself
	return Fault{At: at, Probe: probe, Undo: undo}, nil
}

// SwitchOff makes the links from and to a host carry nothing any more, as if it were switched off.
// What it sent before still arrives. It returns the moment of that.
func (s *Switch) SwitchOff(host sim.HostID, links []*Link) time.Duration {
	return s.power(host, links, 1)
}

// SwitchOn undoes SwitchOff.
func (s *Switch) SwitchOn(host sim.HostID, links []*Link) { s.power(host, links, -1) }

func (s *Switch) power(host sim.HostID, links []*Link, n int) time.Duration {
	return s.together(links, func(l *Link) {
		if l.name.From == host {
			l.off += n
		} else {
			l.cuts += n
		}
	})
}
