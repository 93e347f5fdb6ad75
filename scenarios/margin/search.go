package margin

import (
	"context"
	"maps"
	"slices"

	"github.com/locklab/locklab/sim/check"
)

// verdicts is what one trial says about each harm, in the order of Harms.
type verdicts [3]check.Verdict

// shot runs the trial of a seed, counted from 0, with a fault of a size.
type shot func(ctx context.Context, size float64, seed int) (verdicts, error)

// search looks for the sizes of a fault at which harms begin. The seeds are the same at each size, so
// that a larger fault meets what the smaller one met.
type search struct {
	scale
	seeds int
	shoot shot
	harms []Harm // to look for
	tried map[int]*tally
	hint  [3]int // the seed that showed each harm last
}

// tally is what the trials of one size have shown.
type tally struct {
	run   []bool // by seed
	found []verdicts
}

func newSearch(s scale, seeds int, harms []Harm, shoot shot) *search {
	return &search{scale: s, seeds: seeds, shoot: shoot, harms: harms, tried: map[int]*tally{}}
}

// seedsAt is how many seeds are run at a size.
func (s *search) seedsAt(steps int) int {
	switch {
	case s.ever > 0 && steps >= s.ever:
		return 1
	case s.long > 0 && steps >= s.long:
		return min(s.seeds, fewSeeds)
	}
	return s.seeds
}

// trial returns the verdicts of one trial, which is run at most once.
func (s *search) trial(ctx context.Context, steps, seed int) (verdicts, error) {
	t := s.tried[steps]
	if t == nil {
		n := s.seedsAt(steps)
		t = &tally{run: make([]bool, n), found: make([]verdicts, n)}
		s.tried[steps] = t
	}
	if !t.run[seed] {
		found, err := s.shoot(ctx, s.size(steps), seed)
		if err != nil {
			return verdicts{}, err
		}
		t.run[seed], t.found[seed] = true, found
	}
	return t.found[seed], nil
}

// shows reports whether some seed shows the harm at a size. It begins with the seed that showed it
// last and stops at the first one that does.
func (s *search) shows(ctx context.Context, steps int, h Harm) (bool, error) {
	i := h.index()
	for n := range s.seedsAt(steps) {
		seed := (s.hint[i] + n) % s.seedsAt(steps)
		found, err := s.trial(ctx, steps, seed)
		if err != nil {
			return false, err
		}
		if found[i] == check.Violated {
			s.hint[i] = seed
			return true, nil
		}
	}
	return false, nil
}

// spares reports whether some seed does not show the harm at a size.
func (s *search) spares(ctx context.Context, steps int, h Harm) (bool, error) {
	for seed := range s.seedsAt(steps) {
		found, err := s.trial(ctx, steps, seed)
		if err != nil || found[h.index()] != check.Violated {
			return true, err
		}
	}
	return false, nil
}

// run tries every rung, and then finds for each harm where it begins. If it is hasty it tries none above
// the first rung that shows the harm, and finds no gaps.
func (s *search) run(ctx context.Context, hasty bool) error {
	for _, h := range s.harms {
		first := -1
		for _, rung := range s.rungs {
			bad, err := s.shows(ctx, rung, h)
			if err != nil {
				return err
			}
			if bad && first < 0 {
				first = rung
			}
			if bad && hasty {
				break
			}
		}
		if first < 0 {
			continue
		}
		if err := s.bisect(ctx, first, func(steps int) (bool, error) { return s.shows(ctx, steps, h) }); err != nil {
			return err
		}
	}
	return nil
}

// bisect looks between a rung at which something is so and the one below it for the place at which it
// begins to be.
func (s *search) bisect(ctx context.Context, high int, is func(steps int) (bool, error)) error {
	low, has := s.below(high)
	for has && high-low > 1 {
		middle := low + (high-low)/2
		bad, err := is(middle)
		if err != nil {
			return err
		}
		if bad {
			high = middle
		} else {
			low = middle
		}
	}
	return ctx.Err()
}

// everywhere finds the smallest size from which on every seed shows the harm; nil if there is none. It
// runs all seeds of all rungs.
func (s *search) everywhere(ctx context.Context, h Harm) (*float64, error) {
	first := -1
	for _, rung := range slices.Backward(s.rungs) {
		spared, err := s.spares(ctx, rung, h)
		if err != nil {
			return nil, err
		}
		if spared {
			break
		}
		first = rung
	}
	if first < 0 {
		return nil, nil
	}
	least := first
	err := s.bisect(ctx, first, func(steps int) (bool, error) {
		spared, err := s.spares(ctx, steps, h)
		if err == nil && !spared {
			least = min(least, steps)
		}
		return !spared, err
	})
	size := s.size(least)
	return &size, err
}

// margin reads the margin for a harm off everything that was tried.
func (s *search) margin(h Harm) Margin {
	m := Margin{Harm: h, Bound: s.top(), Unknown: true}
	i := h.index()
	with, without, gap := -1, -1, -1
	undecided := 0
	for _, steps := range slices.Sorted(maps.Keys(s.tried)) {
		bad, whole, unsure := s.tried[steps].count(i)
		switch {
		case bad:
			m.Unknown = false
			if with < 0 {
				with = steps
			}
		case !whole: // tried for the sake of another harm
		case unsure == s.seedsAt(steps):
			undecided += unsure
		case with < 0:
			m.Unknown = false
			without = steps
			undecided += unsure
		case gap < 0:
			gap = steps
		}
		if with < 0 && without == steps {
			m.Undecided = unsure
		}
	}
	place := func(steps int) *float64 {
		if steps < 0 {
			return nil
		}
		size := s.size(steps)
		return &size
	}
	m.With, m.Without, m.Gap = place(with), place(without), place(gap)
	if m.With == nil {
		m.Undecided = undecided
		m.Unknown = without < 0 || without == 0 && len(s.rungs) > 1 // nothing is known but that no fault does no harm
		if !m.Unknown {
			m.Bound = *m.Without
		}
	}
	return m
}

// count sums up the trials of one size: whether one shows the harm, whether all were run, and how many
// could not tell.
func (t *tally) count(harm int) (bad, whole bool, undecided int) {
	whole = true
	for seed, run := range t.run {
		if !run {
			whole = false
			continue
		}
		switch t.found[seed][harm] {
		case check.Violated:
			bad = true
		case check.Undecided:
			undecided++
		case check.Holds: // neither
		}
	}
	return bad, whole, undecided
}
