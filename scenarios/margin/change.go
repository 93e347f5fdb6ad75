package margin

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
)

// options are what a user might change about a lock service to bear more. Those that a service lacks,
// that the set-up has anyway or that it sets itself are not tried. Most are about who may hold the lock;
// the others are about who is served.
var options = []struct {
	name, value string
	serves      bool
}{
	{"renew", "on", false},
	{"elapsed-check", "on", false},
	{"deadline-from-send", "on", false},
	{"deadline-from", "request", false},
	{"give-up-at", "disconnected", false},
	{"drift", "0.1ttl", false},
	{"durability", "always", false},
	{"restart-delay", "1.1ttl", false},
	{"wait", "1", false},
	{"context-timeout", "on", true},
	{"watch-again", "on", true},
}

// remedy is another set-up to compare with.
type remedy struct {
	what  string // "guard cas", "+renew"
	setup Setup
	harms []Harm // that it may help against
}

// remedies lists the best guard, if the account has none, and options.
func remedies(s Setup) (all []remedy) {
	spec, err := services.Registry().ParseSpec(s.simulated())
	if err != nil {
		return nil
	}
	if s.Guard == string(ledger.None) {
		with := s
		with.Guard = script.GuardFor(script.Best, spec)
		all = append(all, remedy{"guard " + with.Guard, with, []Harm{Damage}})
	}
	for _, o := range options {
		at := slices.IndexFunc(spec.Backend.Options(), func(has backends.Option) bool { return has.Name == o.name })
		if at < 0 || spec.Sets(o.name) || spec.Backend.Options()[at].Default == o.value {
			continue
		}
		text := "+" + o.name
		if spec.Backend.Options()[at].Kind != backends.Switch {
			text += "=" + o.value
		}
		with := s
		with.Model = spec.String() + text
		if s.Model == "" {
			with.Backend, with.Model = with.Model, ""
		}
		harms := []Harm{Overlap, Damage}
		if o.serves {
			harms = []Harm{NotServed}
		}
		if valid(with.simulated(), with) {
			all = append(all, remedy{text, with, harms})
		}
	}
	return all
}

// changes finds out which remedies move the margins that a set-up has.
func (p Plan) changes(ctx context.Context, setup Setup, sized sizes, row Row) (out []Change, err error) {
	fault := sized.fault
	for _, r := range remedies(setup) {
		var harms []Harm
		for _, m := range row.Margins {
			if m.Violated() && slices.Contains(r.harms, m.Harm) {
				harms = append(harms, m.Harm)
			}
		}
		s := once()
		if z := fault.Size; z != nil {
			s = scaleOf(z.Unit, setup.TTL, len(z.Of)).coarse()
		}
		if len(harms) == 0 {
			continue
		}
		if why, err := pointless(fault, s.top(), r.setup); err != nil || why != nil {
			continue // an option that this fault cannot be had with
		}
		found := newSearch(s, int(setup.Seeds.Count()), harms, sized.shots(r.setup))
		err := found.helps(ctx, row)
		if err == nil {
			err = found.run(ctx, true)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.what, err)
		}
		for _, h := range found.harms {
			before, _ := row.Margin(h)
			after := found.margin(h)
			if !better(before, after, s.step) {
				continue
			}
			if after, err = p.weighed(after, r.setup, fault, s); err != nil {
				return nil, err
			}
			out = append(out, Change{r.what, after})
		}
	}
	return out, nil
}

// helps keeps only the harms that do not show a little above the margin that they had: most remedies help
// against other faults, and need no search to say so.
func (s *search) helps(ctx context.Context, before Row) error {
	var left []Harm
	for _, h := range s.harms {
		m, _ := before.Margin(h)
		steps := min(int(math.Round(*m.With/s.step))+2, s.rungs[len(s.rungs)-1])
		bad, err := s.shows(ctx, steps, h)
		if err != nil {
			return err
		}
		if !bad {
			left = append(left, h)
		}
	}
	s.harms = left
	return nil
}

// better reports whether a margin is wider than before by more than what the bisection tells apart.
func better(before, after Margin, step float64) bool {
	switch {
	case after.Unknown:
		return false
	case after.With == nil:
		return true
	}
	return *after.With > *before.With+2*step
}
