package margin

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/locklab/locklab/scenarios/amount"
)

// The bounds of a search. A fault of a hundred leases is one that does not end, for a lock.
const (
	MostLeases = 100
	MostFast   = 400  // per cent that a clock may run too fast
	MostSlow   = 90   // per cent that it may run too slow
	MostLoss   = 0.75 // share of packets that may be lost
	perLease   = 64   // steps of a lease
)

// scale is the ladder of sizes of a fault: multiples of a step. The search tries the rungs first, and
// then looks between two of them.
type scale struct {
	unit  amount.Unit
	step  float64
	rungs []int // in steps, from 0
	long  int   // from here on, in steps, fewSeeds have to do; 0: nowhere
	ever  int   // from here on, in steps, one seed has to do; 0: nowhere
}

// size returns the size that is so many steps.
func (s scale) size(steps int) float64 { return amount.Round(float64(steps) * s.step) }

// top is the largest size.
func (s scale) top() float64 { return s.size(s.rungs[len(s.rungs)-1]) }

// leaseRungs are dense where margins of leases are, and reach far.
var leaseRungs = []float64{0, 1.0 / 64, 1.0 / 16, 1.0 / 8, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 8, 25, MostLeases}

// Beyond ManyLeases a trial takes long, and fewSeeds have to do. Beyond EndlessLeases the fault is no
// different from one that does not end, and one seed shows what that does.
const (
	ManyLeases    = 4
	EndlessLeases = 8
	fewSeeds      = 3
)

// Trials returns how many trials are run of each size, and of sizes beyond ManyLeases; beyond
// EndlessLeases it is one.
func (s Setup) Trials() (many, few int) {
	many = int(s.Seeds.Count())
	return many, min(many, fewSeeds)
}

// scaleOf returns the scale of a unit under a lease. hosts is how many there are to count.
func scaleOf(unit amount.Unit, ttl time.Duration, hosts int) scale {
	perUnit := 1.0 // units of a lease
	switch unit {
	case amount.Lease:
	case amount.Seconds:
		perUnit = ttl.Seconds()
	case amount.Milliseconds:
		perUnit = 1000 * ttl.Seconds()
	case amount.Percent:
		return ladder(unit, 0.25, []float64{0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, MostFast})
	case amount.PercentSlow:
		return ladder(unit, 0.25, []float64{0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, MostSlow})
	case amount.Probability:
		return evenly(unit, 1.0/64, 1.0/16, MostLoss)
	case amount.Hosts:
		return evenly(unit, 1, 1, float64(hosts))
	default:
		panic(fmt.Sprintf("nothing says which sizes there are in the unit %q", string(unit)))
	}
	s := ladder(unit, perUnit/perLease, nil)
	for _, leases := range leaseRungs {
		s.rungs = append(s.rungs, int(leases*perLease))
	}
	s.long, s.ever = ManyLeases*perLease+1, EndlessLeases*perLease+1
	return s
}

// ladder returns a scale with rungs at these sizes.
func ladder(unit amount.Unit, step float64, rungs []float64) scale {
	s := scale{unit: unit, step: step}
	for _, at := range rungs {
		s.rungs = append(s.rungs, int(math.Round(at/step)))
	}
	return s
}

// evenly returns a scale whose rungs are evenly apart.
func evenly(unit amount.Unit, step, rung, top float64) scale {
	var rungs []float64
	for at := 0.0; at <= top; at += rung {
		rungs = append(rungs, at)
	}
	return ladder(unit, step, rungs)
}

// coarse leaves out the rungs between ManyLeases and the top.
func (s scale) coarse() scale {
	top := s.rungs[len(s.rungs)-1]
	s.rungs = slices.DeleteFunc(slices.Clone(s.rungs), func(rung int) bool { return s.long > 0 && rung >= s.long && rung < top })
	return s
}

// once is the scale of a fault without a size: it happens.
func once() scale { return scale{step: 1, rungs: []int{1}} }

// Leases returns a size in leases and whether its unit can be counted in them.
func Leases(unit amount.Unit, size float64, ttl time.Duration) (float64, bool) {
	switch unit {
	case amount.Lease:
		return size, true
	case amount.Seconds:
		return size / ttl.Seconds(), true
	case amount.Milliseconds:
		return size / 1000 / ttl.Seconds(), true
	case amount.Percent, amount.PercentSlow, amount.Probability, amount.Hosts:
	}
	return 0, false
}

// ofSeconds returns a length of time in a unit. Units that are not lengths of time keep the number.
func ofSeconds(unit amount.Unit, seconds float64, ttl time.Duration) float64 {
	switch unit {
	case amount.Lease:
		return seconds / ttl.Seconds()
	case amount.Milliseconds:
		return 1000 * seconds
	case amount.Seconds, amount.Percent, amount.PercentSlow, amount.Probability, amount.Hosts:
	}
	return seconds
}

// below returns the rung below another one, if there is one.
func (s scale) below(steps int) (int, bool) {
	i, _ := slices.BinarySearch(s.rungs, steps)
	if i == 0 {
		return 0, false
	}
	return s.rungs[i-1], true
}
