package scenarios

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim/check"
)

// BothWorlds is run by running each cell in the virtual and in the live world.
const BothWorlds = "both"

// Accord says whether the two worlds say the same of a cell.
type Accord int8

// The accords, from best to worst.
const (
	Agree    Accord = iota
	NoLive          // the live world cannot run the cell here
	Unsure          // one of the worlds came to no verdict
	Disagree        // they contradict each other, or what is expected
)

var accordNames = [...]string{"agree", "not available live", "undecided", "DISAGREE"}

func (a Accord) String() string {
	if a < 0 || int(a) >= len(accordNames) {
		return fmt.Sprintf("Accord(%d)", int8(a))
	}
	return accordNames[a]
}

// Agreement is one cell in both worlds.
type Agreement struct {
	Scenario, Backend, Guard string
	Virtual, Live            Summary
	Window                   [2]check.Measured // NextGrant in the virtual and the live world; Count 0: not measured
	Lease                    [2]float64        // seconds, in the two worlds
	Accord                   Accord
	Why                      []string // what they differ in, or why there is no verdict
}

// Agreements compares the two worlds cell by cell, in the order in which the cells first
// appear. missing are the cells that could not be run.
func Agreements(judged []Judged, missing []Summary) []Agreement {
	var out []Agreement
	place := map[claimCell]int{}
	for _, s := range append(Summarize(judged), missing...) {
		key := cellNamed(s)
		i, known := place[key]
		if !known {
			i = len(out)
			place[key] = i
			out = append(out, Agreement{Scenario: s.Scenario, Backend: s.Backend, Guard: s.Guard})
		}
		if s.World == LiveWorld {
			out[i].Live = s
		} else {
			out[i].Virtual = s
		}
	}
	for _, j := range judged {
		if i, known := place[cellNamed(summaryOf(j.Trial))]; known {
			out[i].measure(j)
		}
	}
	for i := range out {
		out[i].compare()
	}
	return out
}

func cellNamed(s Summary) claimCell {
	return claimCell{scenario: s.Scenario, backend: s.Backend, guard: ledger.Guard(s.Guard)}
}

// measure takes in how long one trial took from its fault to the next grant.
func (a *Agreement) measure(j Judged) {
	world := 0
	if j.Trial.World == LiveWorld {
		world = 1
	}
	a.Lease[world] = j.Result.TTL.Seconds()
	m, measured := j.Result.Measured(check.NextGrant)
	if !measured || !j.Result.valid() {
		return
	}
	w := &a.Window[world]
	if w.Count == 0 {
		*w = m
		return
	}
	w.Count += m.Count
	w.Least, w.Most = min(w.Least, m.Least), max(w.Most, m.Most)
}

// compare decides. A verdict that nothing is expected of may differ from seed to seed, in
// either world: there the worlds contradict each other only if no verdict is common to
// both. Where chance is expected to decide, they do not.
func (a *Agreement) compare() {
	if a.Live.Unavailable != "" {
		a.Accord, a.Why = NoLive, []string{a.Live.Unavailable}
		return
	}
	for _, world := range []Summary{a.Virtual, a.Live} {
		switch {
		case world.Trials == 0:
			a.sink(Unsure, "there is no trial in one of the worlds")
		case world.Outcome == NotAsExpected:
			a.sink(Disagree, fmt.Sprintf("the %s world is not as expected", world.World))
		case world.Outcome == Undecided:
			a.sink(Unsure, fmt.Sprintf("the %s world is undecided", world.World))
		}
	}
	for _, p := range check.Properties() {
		v, l := a.Virtual.tally(p), a.Live.tally(p)
		if v.Sometimes {
			continue // chance decides, and a few live trials may all come out alike
		}
		contrary := v.Holds+v.Violated > 0 && l.Holds+l.Violated > 0 &&
			!(v.Holds > 0 && l.Holds > 0) && !(v.Violated > 0 && l.Violated > 0)
		if contrary {
			a.sink(Disagree, fmt.Sprintf("%s: violated in %d of %d virtual and %d of %d live trials",
				p, v.Violated, v.Holds+v.Violated, l.Violated, l.Holds+l.Violated))
		}
	}
}

func (a *Agreement) sink(to Accord, why string) {
	a.Accord = max(a.Accord, to)
	a.Why = append(a.Why, why)
}

func (s Summary) tally(p check.Property) Tally {
	i := slices.IndexFunc(s.Tallies, func(t Tally) bool { return t.Property == p })
	if i < 0 {
		return Tally{Property: p}
	}
	return s.Tallies[i]
}
