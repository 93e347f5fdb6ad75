package outcome

import (
	"cmp"
	"fmt"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// BothWorlds stands for running each cell in the virtual and in the live world.
const BothWorlds = "both"

// Accord says how far the two worlds agree on a cell.
type Accord int8

// The accords, from best to worst.
const (
	Agree      Accord = iota
	NoCell            // the script makes no sense with the cell
	NoLive            // the live world cannot run the cell here
	Unsure            // one of the worlds reached no verdict
	Unexpected        // they do not contradict each other, but one is not as expected
	Disagree          // they contradict each other
)

var accordNames = [...]string{"agree", "not applicable", "not available live", "undecided", "NOT AS EXPECTED", "DISAGREE"}

func (a Accord) String() string {
	if a < 0 || int(a) >= len(accordNames) {
		return fmt.Sprintf("Accord(%d)", int8(a))
	}
	return accordNames[a]
}

// Agreement is one cell in both worlds. For a library, the virtual side is the profile that stands
// in for it.
type Agreement struct {
	Scenario, Backend, Guard, Discipline string
	StandIn                              string // the profile that stands in for a library; empty for any other backend
	Virtual, Live                        Summary
	Measures                             []Compared // only for a library
	Accord                               Accord
	Why                                  []string // where they differ, or why there is no verdict
}

// Row returns the label of the table row that the cell belongs in.
func (a *Agreement) Row() string {
	return (&Summary{Scenario: a.Scenario, Discipline: a.Discipline}).Row()
}

// Agreements compares the two worlds cell by cell, in the order in which the cells first appear. A
// profile that was run virtually only to stand in for a library gets no cell of its own.
func Agreements(cells []Summary) []Agreement {
	var out []Agreement
	place := map[CellName]int{}
	at := func(s Summary) int {
		key := s.Name()
		key.World = BothWorlds
		i, known := place[key]
		if !known {
			i = len(out)
			place[key] = i
			out = append(out, Agreement{Scenario: s.Scenario, Backend: s.Backend, Guard: s.Guard, Discipline: s.Discipline})
		}
		return i
	}
	virtual, onlyModels := virtualSides(cells)
	for _, s := range cells {
		switch {
		case s.World == sim.LiveWorld && s.StandIn != "":
			i := at(s)
			out[i].Live, out[i].StandIn, out[i].Virtual = s, s.StandIn, virtual[s.stoodFor()]
		case s.World == sim.LiveWorld:
			out[at(s)].Live = s
		case !onlyModels[s.Name()]:
			out[at(s)].Virtual = s
		}
	}
	for i := range out {
		out[i].compare()
	}
	return out
}

// virtualSides returns the virtual cells by name, and the names of those that stand in for a
// library and have no live trials.
func virtualSides(cells []Summary) (virtual map[CellName]Summary, onlyModels map[CellName]bool) {
	virtual, onlyModels = map[CellName]Summary{}, map[CellName]bool{}
	for _, s := range cells {
		switch {
		case s.World == sim.VirtualWorld:
			virtual[s.Name()] = s
		case s.StandIn != "":
			onlyModels[s.stoodFor()] = true
		}
	}
	for _, s := range cells {
		if s.World == sim.LiveWorld {
			name := s.Name()
			name.World = sim.VirtualWorld
			delete(onlyModels, name)
		}
	}
	return virtual, onlyModels
}

// stoodFor names the virtual cell of the profile that stands in for this library.
func (s *Summary) stoodFor() CellName {
	name := s.Name()
	name.Backend, name.World = s.StandIn, sim.VirtualWorld
	return name
}

// compare decides the accord. A verdict that nothing is expected of may vary from seed to seed in
// either world, so there the worlds contradict each other only if they have no verdict in common.
// Where chance is expected to decide, they never do. A property that is violated in one world,
// which can always judge it, and never judged in the other makes the cell undecided. So does, where
// something is expected, a contradiction that rests only on live violations so brief that the
// machine may have caused them. Where nothing is expected, that is no contradiction.
func (a *Agreement) compare() {
	switch {
	case a.Virtual.Outcome == NotApplicable || a.Live.Outcome == NotApplicable:
		a.Accord, a.Why = NoCell, []string{cmp.Or(a.Virtual.Why, a.Live.Why)}
		return
	case a.Live.Outcome == NotAvailable:
		a.Accord, a.Why = NoLive, []string{a.Live.Why}
		return
	}
	for _, world := range []Summary{a.Virtual, a.Live} {
		switch {
		case world.Trials == 0:
			a.sink(Unsure, "one of the worlds has no trials")
		case world.Outcome == NotAsExpected:
			a.sink(Unexpected, fmt.Sprintf("the %s world is not as expected", world.World))
		case world.Outcome == Undecided:
			a.sink(Unsure, fmt.Sprintf("the %s world is undecided", world.World))
		}
	}
	for _, p := range check.Properties() {
		v, l := a.Virtual.Tally(p), a.Live.Tally(p)
		if v.Sometimes || a.byChance(p) {
			continue // chance decides, and a few live trials may all come out alike
		}
		contrary := v.Holds+v.Violated > 0 && l.Holds+l.Violated > 0 &&
			!(v.Holds > 0 && l.Holds > 0) && !(v.Violated > 0 && l.Violated > 0)
		brief := contrary && l.Violated > 0 && l.Brief == l.Violated
		switch {
		case brief && v.Expected == nil: // the worlds differ by no more than can be measured
		case brief:
			a.sink(Unsure, fmt.Sprintf("%s: violated only live, and so briefly that the machine may be the cause", p))
		case contrary:
			a.sink(Disagree, fmt.Sprintf("%s: violated in %d of %d virtual and %d of %d live trials",
				p, v.Violated, v.Holds+v.Violated, l.Violated, l.Holds+l.Violated))
		case v.silent() && l.Violated > 0 && l.Undecided == 0:
			a.sink(Unsure, fmt.Sprintf("%s: undecided in all %d virtual trials, violated live", p, v.Undecided))
		case l.silent() && v.Violated > 0 && v.Undecided == 0:
			a.sink(Unsure, fmt.Sprintf("%s: undecided in all %d live trials, violated virtually", p, l.Undecided))
		}
	}
	a.liken()
}

// liken compares the measurements of a library with those of the profile that stands in for it.
func (a *Agreement) liken() {
	switch {
	case a.StandIn == "" || a.Virtual.Trials == 0 || a.Live.Trials == 0:
		return
	case a.Virtual.TTL != a.Live.TTL:
		a.sink(Unsure, fmt.Sprintf("the leases differ: %v virtual and %v live", a.Virtual.TTL, a.Live.TTL))
		return
	}
	a.Measures = liken(&a.Virtual.Sample, &a.Live.Sample, a.Live.TTL)
	for _, c := range a.Measures {
		if c.Likeness == Unlike {
			a.sink(Disagree, fmt.Sprintf("%s: %s", c.Measure, c.Why))
		}
	}
}

// byChance reports whether chance decides a property that nothing is expected of. An attentive
// client works for as long as it believes that it holds the lock, so two are at work at once where
// two believe.
func (a *Agreement) byChance(p check.Property) bool {
	v := a.Virtual
	return p == check.WorkOverlap && v.Tally(p).Expected == nil && Unusual(a.Discipline) == "" && v.Tally(check.Overlap).Sometimes
}

// silent reports whether no trial said anything about the property. That is no news if the other
// world finds that it holds, or cannot always judge it either: there was nothing to judge.
func (t Tally) silent() bool { return t.Undecided > 0 && t.Holds+t.Violated == 0 }

func (a *Agreement) sink(to Accord, why string) {
	a.Accord = max(a.Accord, to)
	a.Why = append(a.Why, why)
}

// AgreementSeeds is the least number of virtual trials for a cell when the worlds are compared,
// enough to see every verdict that chance may produce.
const AgreementSeeds = 20
