package outcome

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Tally counts the verdicts of one property over the trials of a cell.
type Tally struct {
	Property                   check.Property
	Holds, Undecided, Violated int
	Brief                      int            // of Violated: for no longer than the machine itself may account for
	Expected                   *check.Verdict // nil: the scenario expects nothing
	Sometimes                  bool           // with Expected: by chance, in some trials only
	Share                      *bound.Share   // with Sometimes: in what share; nil: in at least one trial
	Because                    string         // the scenario's reason for what it expects
}

// Missed reports whether what chance should have shown in some trials happened in none, although
// there were Enough of them, or in too few or too many.
func (t Tally) Missed() bool {
	if t.Share != nil {
		return JudgeShare(*t.Share, t.Violated, t.Violated+t.Holds) == NotAsExpected
	}
	return t.Sometimes && t.Violated == 0 && t.Holds >= bound.Enough
}

// TooFew says that there are too few trials to tell how often chance brings something about, and
// how many it takes; empty if there are enough, or if nothing is expected.
func (t Tally) TooFew() string {
	if n := t.Violated + t.Holds; t.Share != nil && JudgeShare(*t.Share, t.Violated, n) == Undecided {
		return fmt.Sprintf("it takes %d trials to decide, but the cell has only %d: run more seeds", neededFor(*t.Share), n)
	}
	return ""
}

// Between returns, in words, the range in which the share of violated trials lies among all
// possible trials, as far as these trials tell: the exact 99 % interval.
func (t Tally) Between() string {
	low, high := exactInterval(t.Violated, t.Violated+t.Holds)
	return fmt.Sprintf("%.3f to %.3f", low, high)
}

// Summary is one cell of the table: all trials of a scenario, backend, guard and world.
type Summary struct {
	Scenario, Backend, Guard, World string
	Discipline                      string        // as Discipline.String writes it
	TTL                             time.Duration // the lease
	Trials                          int
	TooSlow                         int        // further tries that did not count because the machine was too slow
	Seeds                           Seeds      // the lowest and the highest seen
	Outcome                         Outcome    // the worst of its trials, or worse if chance did not show what it should have
	Tallies                         []Tally    // in the order of check.Properties
	Damage                          Tally      // of all properties that harm the account, taken together; Property is empty
	Unserved                        []Unserved // clients that were not served in time in some trial, in the order of their names
	Spreads                         []Spread   // the measures, in the order of check.Measures
	Figures                         []Figure   // measures of all trials together, where the scenario expects a range
	Why                             string     // why it was not run; empty if it was
	StandIn                         string     // for a library: the backend that stands for it in the virtual world
	Sample                          Sample     // single values, to compare a library with its stand-in
}

// Unserved is a client that was not served in time, and in how many trials.
type Unserved struct {
	Client sim.HostID
	Trials int
}

// Spread is what one measure came to over the trials of a cell whose preconditions held.
type Spread struct {
	Measure     check.Measure
	Trials      int // trials in which something was measured
	Least, Most float64
	// Each trial counts once, however much was measured in it: these are the means, over the
	// trials, of their means, medians and 99th percentiles.
	Mean, P50, P99 float64
}

// Tally returns the counts of a property.
func (s Summary) Tally(p check.Property) Tally {
	if i := slices.IndexFunc(s.Tallies, func(t Tally) bool { return t.Property == p }); i >= 0 {
		return s.Tallies[i]
	}
	return Tally{Property: p}
}

// Spread returns what one measure came to, and whether anything was measured.
func (s Summary) Spread(m check.Measure) (Spread, bool) {
	if i := slices.IndexFunc(s.Spreads, func(each Spread) bool { return each.Measure == m }); i >= 0 {
		return s.Spreads[i], true
	}
	return Spread{Measure: m}, false
}

// Summaries adds up results cell by cell, in any order, and keeps nothing else of them.
type Summaries struct {
	cells []Summary
	place map[CellName]int
}

// NewSummaries returns summaries for the cells of these cards, in their order. A cell that is on no
// card is added when its first result arrives; nothing is expected of it.
func NewSummaries(cards []Card) *Summaries {
	s := &Summaries{place: map[CellName]int{}}
	s.Expect(cards)
	return s
}

// Expect adds the cells of more cards. Cells that are already known do not change.
func (s *Summaries) Expect(cards []Card) {
	for _, card := range cards {
		for _, c := range card.Cells {
			name := c.In(card.Scenario)
			if _, known := s.place[name]; !known {
				s.cell(name).describe(c)
			}
		}
	}
}

// Known returns the number of cells, including those without a result.
func (s *Summaries) Known() int { return len(s.cells) }

func (s *Summaries) cell(name CellName) *Summary {
	at, known := s.place[name]
	if !known {
		at = len(s.cells)
		s.place[name] = at
		c := Summary{Scenario: name.Scenario, Backend: name.Backend, Guard: name.Guard, Discipline: name.Discipline, World: name.World}
		for _, p := range check.Properties() {
			c.Tallies = append(c.Tallies, Tally{Property: p})
		}
		s.cells = append(s.cells, c)
	}
	return &s.cells[at]
}

func (s *Summary) describe(c CardCell) {
	s.TTL, s.StandIn = c.TTL, c.StandIn
	switch {
	case c.NotApplicable != "":
		s.Outcome, s.Why = NotApplicable, c.NotApplicable
	case c.Unavailable != "":
		s.Outcome, s.Why = NotAvailable, c.Unavailable
	}
	for _, want := range c.Expect {
		for i := range s.Tallies {
			if t := &s.Tallies[i]; t.Property == want.Property {
				t.Expected, t.Because, t.Sometimes, t.Share = &want.Verdict, want.Because, want.Sometimes, want.Share
			}
		}
	}
	s.Figures = c.figures()
}

// MaxCells bounds the number of cells whose trials can be added up: no table or page can show more.
// The scenarios that come with locklab have some 700.
const MaxCells = 10_000

// Add counts one result. It returns an error, and does not count the result, if its lease differs
// from that of its cell, because their figures cannot be added up, or if there are too many cells.
func (s *Summaries) Add(r *Result) error {
	if _, known := s.place[r.Cell()]; !known && len(s.cells) >= MaxCells {
		return fmt.Errorf("%s: more than %d cells, the maximum for one report: combine fewer runs", r.Cell(), MaxCells)
	}
	c := s.cell(r.Cell())
	if c.Trials > 0 && c.TTL != r.TTL {
		return fmt.Errorf("%s, %s world: seed %d has a lease of %v, but the earlier trials have %v: report runs with different leases separately",
			r.Cell(), r.World, r.Seed, r.TTL, c.TTL)
	}
	c.add(r)
	return nil
}

func (s *Summary) add(r *Result) {
	if s.Trials == 0 {
		s.TTL, s.Seeds, s.Outcome, s.Why = r.TTL, Seeds{r.Seed, r.Seed}, r.Outcome, ""
	}
	s.Trials++
	s.TooSlow += len(r.TooSlow)
	s.Seeds = Seeds{min(s.Seeds.First, r.Seed), max(s.Seeds.Last, r.Seed)}
	s.Outcome = max(s.Outcome, r.Outcome)
	if !r.Valid() { // its findings mean nothing
		for i := range s.Tallies {
			s.Tallies[i].count(check.Undecided)
		}
		s.Damage.count(check.Undecided)
		return
	}
	for i := range s.Tallies {
		f := r.Finding(s.Tallies[i].Property)
		s.Tallies[i].count(f.Verdict)
		if f.Brief {
			s.Tallies[i].Brief++
		}
	}
	for _, client := range r.Finding(check.Availability).Unserved {
		s.unserved(client)
	}
	harm := check.Holds
	for _, p := range check.Harming(check.TheAccount) {
		harm = max(harm, r.Finding(p).Verdict)
	}
	s.Damage.count(harm)
	for _, m := range r.Measures {
		s.measured(m)
	}
	for i := range s.Figures {
		s.Figures[i].Add(r)
	}
	s.Sample.add(r)
}

func (t *Tally) count(v check.Verdict) {
	switch v {
	case check.Holds:
		t.Holds++
	case check.Violated:
		t.Violated++
	case check.Undecided:
		t.Undecided++
	}
}

func (s *Summary) unserved(client sim.HostID) {
	i, known := slices.BinarySearchFunc(s.Unserved, client, func(u Unserved, id sim.HostID) int { return cmp.Compare(u.Client, id) })
	if !known {
		s.Unserved = slices.Insert(s.Unserved, i, Unserved{Client: client})
	}
	s.Unserved[i].Trials++
}

func (s *Summary) measured(m check.Measured) {
	m = m.Full()
	i := slices.IndexFunc(s.Spreads, func(each Spread) bool { return each.Measure == m.Measure })
	if i < 0 {
		rank := func(m check.Measure) int { return slices.Index(check.Measures(), m) }
		i, _ = slices.BinarySearchFunc(s.Spreads, m.Measure, func(each Spread, m check.Measure) int { return rank(each.Measure) - rank(m) })
		s.Spreads = slices.Insert(s.Spreads, i, Spread{Measure: m.Measure, Least: m.Least, Most: m.Most})
	}
	each := &s.Spreads[i]
	each.Trials++
	each.Least, each.Most = min(each.Least, m.Least), max(each.Most, m.Most)
	n := float64(each.Trials)
	each.Mean += (m.Mean - each.Mean) / n
	each.P50 += (m.P50 - each.P50) / n
	each.P99 += (m.P99 - each.P99) / n
}

// Cells returns the current state of the cells, in order: those with a result or with a reason for
// having none.
func (s *Summaries) Cells() []Summary {
	var out []Summary
	for _, c := range s.cells {
		if c.Trials == 0 && c.Outcome.Ran() {
			continue
		}
		if c.Outcome.Ran() {
			c.settle()
		}
		out = append(out, c)
	}
	return out
}

// settle judges what is expected of all trials of the cell taken together.
func (s *Summary) settle() {
	for _, t := range s.Tallies {
		switch {
		case t.Missed():
			s.Outcome = NotAsExpected
		case t.TooFew() != "":
			s.Outcome = max(s.Outcome, Undecided)
		}
	}
	s.Figures = slices.Clone(s.Figures)
	for i := range s.Figures {
		f := &s.Figures[i]
		f.Settle(s.TTL)
		s.Outcome = max(s.Outcome, f.Outcome)
	}
}

// Worst returns the worst outcome of the cells that ran, or AsExpected if none did.
func Worst(cells []Summary) Outcome {
	worst := AsExpected
	for _, c := range cells {
		if c.Outcome.Ran() {
			worst = max(worst, c.Outcome)
		}
	}
	return worst
}
