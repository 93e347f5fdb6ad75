package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/ledger"
)

// LiveTTL is the lease in the live world unless the user sets another: short enough to
// watch, and long against what two busy cores do to a millisecond.
const LiveTTL = 2 * time.Second

// Selection says which trials of some scenarios to run.
type Selection struct {
	Backends []string      // specs; empty: those of each scenario
	Guards   []string      // empty: those of each scenario
	World    string        // VirtualWorld or LiveWorld
	Seeds    Seeds         //
	TTL      time.Duration // 0: the scenario's own in the virtual world, LiveTTL in the live one
}

// Seeds is a range of seeds, both ends included.
type Seeds struct{ First, Last uint64 }

// ParseSeeds reads "20" (the seeds 1 to 20) or "7..9".
func ParseSeeds(text string) (Seeds, error) {
	bad := fmt.Errorf("%q is not a choice of seeds, expected a count such as 20, or a range such as 7..9", text)
	var s Seeds
	first, last, ranged := strings.Cut(text, "..")
	if !ranged {
		first, last = "1", text
	}
	for _, part := range []struct {
		text string
		into *uint64
	}{{first, &s.First}, {last, &s.Last}} {
		n, err := strconv.ParseUint(part.text, 10, 64)
		if err != nil {
			return Seeds{}, bad
		}
		*part.into = n
	}
	if s.Last < s.First || s.Last-s.First >= maxSeeds {
		return Seeds{}, bad
	}
	return s, nil
}

// maxSeeds bounds how many trials one cell may have.
const maxSeeds = 10_000_000

// Trials lists the trials, cell by cell and within a cell seed by seed. The error says
// what was asked for that cannot be.
func (sel Selection) Trials(all []*Scenario) ([]Trial, error) {
	var out []Trial
	for _, s := range all {
		cells, err := sel.cells(s)
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			for seed := sel.Seeds.First; ; seed++ {
				out = append(out, Trial{
					Scenario: s, Backend: c.Backend, Guard: ledger.Guard(c.Guard),
					World: sel.World, Seed: seed, TTL: sel.lease(s),
				})
				if seed == sel.Seeds.Last {
					break
				}
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("nothing to run: none of these scenarios has a cell with backend %s and guard %s; a fence guard wants a backend that issues tokens",
			orAny(sel.Backends), orAny(sel.Guards))
	}
	return out, nil
}

// cells narrows a scenario down to what was asked for. A backend or guard that the
// scenario does not list may be asked for all the same: then nothing is expected of it.
func (sel Selection) cells(s *Scenario) ([]Cell, error) {
	narrowed := *s
	if len(sel.Backends) > 0 {
		narrowed.Backends = sel.Backends
	}
	if len(sel.Guards) > 0 {
		narrowed.Guards = nil
		for _, name := range sel.Guards {
			if _, err := ledger.ParseGuard(name); err != nil {
				return nil, err
			}
			if !slices.Contains(narrowed.Guards, name) {
				narrowed.Guards = append(narrowed.Guards, name)
			}
		}
	}
	return narrowed.Cells(Registry())
}

func (sel Selection) lease(s *Scenario) time.Duration {
	switch {
	case sel.TTL != 0:
		return sel.TTL
	case sel.World == LiveWorld:
		return LiveTTL
	}
	return s.TTL
}

func orAny(names []string) string {
	if len(names) == 0 {
		return "any"
	}
	return strings.Join(names, " or ")
}
