// Package battery reads off a set of results what the battery shows: each fault with each lock service,
// without a guard and with the best one. Charts, terminal and page show the same.
package battery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim/check"
)

// Battery is the battery of one world.
type Battery struct {
	Columns []string // lock services, in the order of tables
	Guards  []string // the best guard of each, if it was run with one
	Rows    []Row
	Cells   []outcome.Summary
	Reasons []string // why some cells were not run, each once
}

// Row is one scenario of the battery.
type Row struct {
	Scenario string
	Title    string
	Quiet    bool     // nothing goes wrong in it
	Results  []Result // one for each column
}

// Name is the scenario's name without what all of the battery have in front.
func (r Row) Name() string { return strings.TrimPrefix(r.Scenario, "battery-") }

// Result is what came of one fault with one lock service.
type Result struct {
	Bare, Best Damage
	Unserved   []outcome.Unserved // clients that were not served in time, with either guard
	Trials     int                // that Unserved counts
	Reason     int                // why it was not run: the place in Reasons, from 1; 0: it was
	Missing    bool               // it could be run elsewhere, but not in this world or on this machine
}

// Damage is what came of one cell.
type Damage struct {
	Ran              bool
	Money            outcome.Tally // trials in which money was lost or taken twice
	Valid            outcome.Tally // trials in which two clients held the lock within their own deadlines
	Surprise, Unsure bool
}

// In returns the cells of the battery in a world, of attentive clients, with lock services as they are by
// default.
func In(set *results.Set, world string) []outcome.Summary {
	cells := slices.DeleteFunc(set.In(world), func(c outcome.Summary) bool {
		card := set.Card(c.Scenario)
		return card == nil || !card.Battery || card.Adds || strings.Contains(c.Backend, "+")
	})
	return outcome.OneDiscipline(cells)
}

// New reads the battery of a world. Without results of it, it has no rows.
func New(set *results.Set, world string) Battery {
	b := Battery{Cells: In(set, world)}
	for _, c := range b.Cells {
		if !slices.Contains(b.Columns, c.Backend) {
			b.Columns = append(b.Columns, c.Backend)
		}
	}
	Sort(b.Columns)
	b.Guards = make([]string, len(b.Columns))
	rows := map[string]int{}
	for _, c := range b.Cells {
		at, known := rows[c.Scenario]
		if !known {
			at = len(b.Rows)
			rows[c.Scenario] = at
			card := set.Card(c.Scenario)
			b.Rows = append(b.Rows, Row{Scenario: c.Scenario, Title: card.Title, Quiet: len(card.Faults) == 0, Results: make([]Result, len(b.Columns))})
		}
		column := slices.Index(b.Columns, c.Backend)
		b.put(&b.Rows[at].Results[column], c)
		if c.Guard != string(ledger.None) {
			b.Guards[column] = c.Guard
		}
	}
	return b
}

// put adds a cell to its square.
func (b *Battery) put(r *Result, c outcome.Summary) {
	if c.Trials == 0 {
		r.Missing = c.Outcome == outcome.NotAvailable
		if r.Reason = 1 + slices.Index(b.Reasons, c.Why); r.Reason == 0 {
			b.Reasons = append(b.Reasons, c.Why)
			r.Reason = len(b.Reasons)
		}
		return
	}
	half := &r.Best
	if c.Guard == string(ledger.None) {
		half = &r.Bare
	}
	*half = Damage{
		Ran: true, Money: c.Damage, Valid: c.Tally(check.OverlapValid),
		Surprise: c.Outcome == outcome.NotAsExpected, Unsure: c.Outcome == outcome.Undecided,
	}
	r.Trials += c.Trials
	for _, u := range c.Unserved {
		i := slices.IndexFunc(r.Unserved, func(o outcome.Unserved) bool { return o.Client == u.Client })
		if i < 0 {
			r.Unserved = append(r.Unserved, u)
			continue
		}
		r.Unserved[i].Trials += u.Trials
	}
}

// State is what became of the money and the lock in a cell of the battery.
type State int8

// The states, the worse the later.
const (
	NotRun   State = iota
	Untold         // every trial is undecided
	Unharmed       // no money lost, no two holders within their deadlines
	Broken         // two holders within their deadlines, and no money lost
	LostSometimes
	LostAlways
)

// State says what became of the cell, and the trials that show it, of which some may not where chance is
// in it.
func (d Damage) State() (of State, by outcome.Tally) {
	switch {
	case !d.Ran:
		return NotRun, by
	case d.Money.Violated+d.Money.Holds == 0:
		return Untold, by
	case d.Money.Violated > 0 && d.Money.Holds == 0:
		return LostAlways, d.Money
	case d.Money.Violated > 0:
		return LostSometimes, d.Money
	case d.Valid.Violated > 0:
		return Broken, d.Valid
	}
	return Unharmed, by
}

// Half is one of the two cells of a square.
type Half func(Result) Damage

// The halves.
func Bare(r Result) Damage { return r.Bare }

// Best is the half with the best guard.
func Best(r Result) Damage { return r.Best }

// Losers lists the locks with which money was lost in some fault, and says how many locks there are.
func (b Battery) Losers(half Half) (names []string, locks int) {
	for column, name := range b.Columns {
		if !IsLock(name) {
			continue
		}
		ran := false
		lost := slices.ContainsFunc(b.Rows, func(r Row) bool {
			d := half(r.Results[column])
			ran = ran || d.Ran
			return d.Money.Violated > 0
		})
		if ran {
			locks++
		}
		if lost {
			names = append(names, name)
		}
	}
	return names, locks
}

// Headline says in one sentence what the battery shows.
func (b Battery) Headline() string {
	bare, locks := b.Losers(Bare)
	best, guarded := b.Losers(Best)
	switch {
	case locks == 0 || guarded == 0 || len(b.Rows) < 2:
		return "The same faults for every lock"
	case len(bare) == locks && len(best) == 1 && guarded > 1:
		return fmt.Sprintf("Without a guard, every lock loses money to some fault; behind its own fence, %s still does", best[0])
	case len(bare) == locks && 0 < len(best) && len(best) < guarded && len(best) < 4:
		return fmt.Sprintf("Without a guard, every lock loses money to some fault; behind their own fence, %s still do", words.And(best))
	}
	return fmt.Sprintf("%d of %d locks lose money to some fault without a guard, %d of %d with the guard best", len(bare), locks, len(best), guarded)
}

// Lost lists the faults in which money was lost with a lock service, in some trial, and says how many were
// run. What happens when nothing goes wrong does not count.
func (b Battery) Lost(column int, half Half) (faults []string, ran int) {
	for _, r := range b.Rows {
		d := half(r.Results[column])
		if r.Quiet || !d.Ran {
			continue
		}
		ran++
		if d.Money.Violated > 0 {
			faults = append(faults, r.Name())
		}
	}
	return faults, ran
}

// IsLock reports whether a backend locks anything out: the control none does not.
func IsLock(backend string) bool { return Plain(backend) != (control.None{}).Name() }

// IsProfile reports whether a backend is the profile of a library, and not a lock service of its own.
func IsProfile(backend string) bool {
	for _, b := range services.Registry() {
		if b.Name() == Plain(backend) {
			return backends.Service(b) != b.Name()
		}
	}
	return false
}

// Plain returns the name of a lock service without its options.
func Plain(backend string) string {
	name, _, _ := strings.Cut(backend, "+")
	return name
}

// Sort sorts names of lock services in the order of tables, the plain one of each first.
func Sort(names []string) {
	var order []string
	for _, b := range services.Registry() {
		order = append(order, b.Name())
	}
	rank := func(name string) int {
		if i := slices.Index(order, Plain(name)); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(Plain(a), Plain(b)), cmp.Compare(a, b))
	})
}
