package charts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Battery draws the battery of one world: every fault with every lock service, without a guard and
// with the best one, and who was not served. A world without results of it gives nil.
func Battery(set *results.Set, world string) *canvas.Figure {
	b := newBattery(set, world)
	if len(b.rows) == 0 {
		return nil
	}
	s := newBatterySheet(b)
	return &canvas.Figure{Width: s.width, Height: s.height, Draw: s.draw}
}

// battery is the data of the chart.
type battery struct {
	columns []string // lock services
	guards  []string // the best guard of each, if it was run with one
	rows    []faultRow
	cells   []outcome.Summary
	reasons []string // why some cells were not run, each once
}

// faultRow is one scenario of the battery.
type faultRow struct {
	title   string
	quiet   bool          // nothing goes wrong in it
	results []faultResult // one for each column
}

// faultResult is what came of one fault with one lock service.
type faultResult struct {
	bare, best damage
	unserved   []outcome.Unserved // clients that were not served in time, with either guard
	trials     int                // that Unserved counts
	reason     int                // why it was not run: the place in battery.reasons, from 1; 0: it was
	missing    bool               // it could be run elsewhere, but not in this world or on this machine
}

// damage is what came of one cell.
type damage struct {
	ran              bool
	money            share // trials in which money was lost or taken twice
	valid            share // trials in which two clients held the lock within their own deadlines
	surprise, unsure bool
}

// inBattery returns the cells of the battery in a world, of attentive clients, with lock services as
// they are by default.
func inBattery(set *results.Set, world string) []outcome.Summary {
	return slices.DeleteFunc(outcome.OneDiscipline(locksIn(set, world)), func(c outcome.Summary) bool {
		card := set.Card(c.Scenario)
		return card == nil || !card.Battery || options(c.Backend) != ""
	})
}

// elsewhere returns the cells of a world that are not in the battery.
func elsewhere(set *results.Set, world string) []outcome.Summary {
	return slices.DeleteFunc(locksIn(set, world), func(c outcome.Summary) bool {
		card := set.Card(c.Scenario)
		return card != nil && card.Battery
	})
}

func newBattery(set *results.Set, world string) battery {
	var b battery
	b.cells = inBattery(set, world)
	for _, c := range b.cells {
		if !slices.Contains(b.columns, c.Backend) {
			b.columns = append(b.columns, c.Backend)
		}
	}
	sortBackends(b.columns)
	b.guards = make([]string, len(b.columns))
	rows := map[string]int{}
	for _, c := range b.cells {
		at, known := rows[c.Scenario]
		if !known {
			at = len(b.rows)
			rows[c.Scenario] = at
			card := set.Card(c.Scenario)
			b.rows = append(b.rows, faultRow{title: card.Title, quiet: len(card.Faults) == 0, results: make([]faultResult, len(b.columns))})
		}
		column := slices.Index(b.columns, c.Backend)
		b.put(&b.rows[at].results[column], c)
		if c.Guard != string(ledger.None) {
			b.guards[column] = c.Guard
		}
	}
	return b
}

// put adds a cell to its square.
func (b *battery) put(r *faultResult, c outcome.Summary) {
	if c.Trials == 0 {
		r.missing = c.Outcome == outcome.NotAvailable
		if r.reason = 1 + slices.Index(b.reasons, c.Why); r.reason == 0 {
			b.reasons = append(b.reasons, c.Why)
			r.reason = len(b.reasons)
		}
		return
	}
	half := &r.best
	if c.Guard == string(ledger.None) {
		half = &r.bare
	}
	*half = damage{
		ran: true, money: share{}.plus(c.Damage), valid: share{}.plus(c.Tally(check.OverlapValid)),
		surprise: c.Outcome == outcome.NotAsExpected, unsure: c.Outcome == outcome.Undecided,
	}
	r.trials += c.Trials
	for _, u := range c.Unserved {
		i := slices.IndexFunc(r.unserved, func(o outcome.Unserved) bool { return o.Client == u.Client })
		if i < 0 {
			r.unserved = append(r.unserved, u)
			continue
		}
		r.unserved[i].Trials += u.Trials
	}
}

// state says what a half is filled with, and the share if chance is in it.
func (d damage) state() (of battered, by share) {
	switch {
	case !d.ran:
		return notRun, share{}
	case d.money.decided == 0:
		return untold, share{}
	case d.money.violated == d.money.decided:
		return lostAlways, d.money
	case d.money.violated > 0:
		return lostSometimes, d.money
	case d.valid.violated > 0:
		return broken, d.valid
	}
	return unharmed, share{}
}

// battered is what became of the money and the lock in a cell of the battery.
type battered int8

const (
	notRun   battered = iota
	untold            // every trial is undecided
	unharmed          // no money lost, no two holders within their deadlines
	broken            // two holders within their deadlines, and no money lost
	lostSometimes
	lostAlways
)

// losers lists the locks with which money was lost in some fault.
func (b battery) losers(half func(faultResult) damage) (names []string, locks int) {
	for column, name := range b.columns {
		if !isLock(name) {
			continue
		}
		ran := false
		lost := slices.ContainsFunc(b.rows, func(r faultRow) bool {
			d := half(r.results[column])
			ran = ran || d.ran
			return d.money.violated > 0
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

func bareHalf(r faultResult) damage { return r.bare }
func bestHalf(r faultResult) damage { return r.best }

// headline says in one sentence what the battery shows.
func (b battery) headline() string {
	bare, locks := b.losers(bareHalf)
	best, guarded := b.losers(bestHalf)
	switch {
	case locks == 0 || guarded == 0 || len(b.rows) < 2:
		return "The same faults for every lock"
	case len(bare) == locks && len(best) == 1 && guarded > 1:
		return fmt.Sprintf("Without a guard, every lock loses money to some fault; behind its own fence, %s still does", best[0])
	case len(bare) == locks && 0 < len(best) && len(best) < guarded && len(best) < 4:
		return fmt.Sprintf("Without a guard, every lock loses money to some fault; behind their own fence, %s still do", list(best))
	}
	return fmt.Sprintf("%d of %d locks lose money to some fault without a guard, %d of %d with the guard best", len(bare), locks, len(best), guarded)
}

// totals returns in how many faults money was lost with a lock service, in some trial; "" without a
// trial. What happens when nothing goes wrong does not count.
func (b battery) totals(column int, half func(faultResult) damage) string {
	lost, ran := 0, 0
	for _, r := range b.rows {
		d := half(r.results[column])
		if r.quiet || !d.ran {
			continue
		}
		ran++
		if d.money.violated > 0 {
			lost++
		}
	}
	if ran == 0 {
		return ""
	}
	return fmt.Sprint(lost)
}

// says returns the caption.
func (b battery) says() string {
	parts := []string{sentence(about(b.cells)), "Clients are attentive. Two make two withdrawals each; client 1 has the lock first, and the fault is done to it or to the servers."}
	var why []string
	const most = 4
	for i, reason := range b.reasons {
		if i == most {
			why = append(why, "and more, see the cells")
			break
		}
		why = append(why, fmt.Sprintf("(%d) %s", i+1, reason))
	}
	if len(why) > 0 {
		parts = append(parts, "Not run: "+strings.Join(why, "; ")+".")
	}
	return strings.Join(parts, " ")
}

// shortGuard returns the name of a guard for the head of a column.
func shortGuard(guard string) string {
	if guard == string(ledger.FenceAll) {
		return "fence"
	}
	return guard
}

// number returns the number of a client: "1" of client-1.
func number(client sim.HostID) string {
	_, n, _ := strings.Cut(string(client), "-")
	return n
}
