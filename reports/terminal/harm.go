package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim/check"
)

// harm says what the cells show of locks: where two clients had the lock at once and an
// update was lost although there was a lock and nothing else, and what a fence made of it.
// If there are scenarios with faults, it is about them. Where services were run as they
// are, it is about them and not about their options, unless there is but one scenario. A
// cell counts if it happened in one of its trials at least; undecided cells do not count.
func harm(cells []scenarios.Summary, cards []scenarios.Card) (sentences []string) {
	var worlds []string
	for _, c := range cells {
		if !slices.Contains(worlds, c.World) {
			worlds = append(worlds, c.World)
		}
	}
	for _, world := range worlds {
		lead := ""
		if len(worlds) > 1 {
			lead = "In the " + world + " world, "
		}
		of := slices.DeleteFunc(slices.Clone(cells), func(c scenarios.Summary) bool { return c.World != world || !c.Outcome.Ran() })
		text := harmIn(of, cards)
		if text == "" {
			continue
		}
		if lead != "" {
			text = lead + strings.ToLower(text[:1]) + text[1:]
		}
		sentences = append(sentences, text)
	}
	return sentences
}

// harmIn is about the cells of one world.
func harmIn(cells []scenarios.Summary, cards []scenarios.Card) string {
	cells = slices.DeleteFunc(cells, func(c scenarios.Summary) bool { return c.Backend == (control.None{}).Name() })
	cells, thing := telltale(cells, cards)
	decided, undecided := []scenarios.Summary{}, 0
	for _, c := range cells {
		switch {
		case c.Guard != string(ledger.None) && c.Guard != fence(cells):
		case tells(c):
			decided = append(decided, c)
		default:
			undecided++
		}
	}
	unguarded := slices.DeleteFunc(slices.Clone(decided), func(c scenarios.Summary) bool { return c.Guard != string(ledger.None) })
	guarded := slices.DeleteFunc(slices.Clone(decided), func(c scenarios.Summary) bool { return c.Guard == string(ledger.None) })
	var all []string
	if len(unguarded) > 0 {
		all = append(all, "Without a guard, "+where(unguarded, check.Overlap, "two clients believe they hold the lock", "no two clients believe they hold the lock", thing)+".")
		lost := where(unguarded, check.LostUpdate, "an update is lost", "no update is lost", "")
		if with := happenedWith(unguarded, check.LostUpdate); len(with) > 1 && oneScenario(unguarded) && slices.Equal(with, happenedWith(unguarded, check.Overlap)) {
			lost = "an update is lost with each of them"
		}
		all = append(all, upper(lost)+fenced(guarded)+".")
	} else if len(guarded) > 0 {
		all = append(all, onlyFenced(guarded)+".")
	}
	if undecided > 0 && len(all) > 0 {
		all = append(all, fmt.Sprintf("%s %s left out.", words.Many(undecided, "undecided cell"), words.Are(undecided)))
	}
	return strings.Join(all, " ")
}

// telltale gives the cells that the sentence is about, and what it calls their scenarios.
func telltale(cells []scenarios.Summary, cards []scenarios.Card) ([]scenarios.Summary, string) {
	keep := func(f func(scenarios.Summary) bool) bool {
		if !slices.ContainsFunc(cells, f) {
			return false
		}
		cells = slices.DeleteFunc(slices.Clone(cells), func(c scenarios.Summary) bool { return !f(c) })
		return true
	}
	thing := "scenario"
	if keep(func(c scenarios.Summary) bool {
		return slices.ContainsFunc(cards, func(card scenarios.Card) bool { return card.Scenario == c.Scenario && len(card.Faults) > 0 })
	}) {
		thing = "fault scenario"
	}
	if !oneScenario(cells) {
		keep(func(c scenarios.Summary) bool { return !strings.Contains(c.Backend, "+") })
	}
	return cells, thing
}

// fence is the strictest guard among the cells that keeps updates from being lost; empty:
// there is none.
func fence(cells []scenarios.Summary) string {
	for _, g := range []ledger.Guard{ledger.FenceAll, ledger.FenceWrites, ledger.CAS} {
		if slices.ContainsFunc(cells, func(c scenarios.Summary) bool { return c.Guard == string(g) }) {
			return string(g)
		}
	}
	return ""
}

// tells says whether the trials of a cell say what the sentence is about.
func tells(c scenarios.Summary) bool {
	for _, p := range []check.Property{check.Overlap, check.LostUpdate} {
		if t := c.Tally(p); t.Violated == 0 && (t.Undecided > 0 || t.Holds == 0) {
			return false
		}
	}
	return c.Outcome != scenarios.Undecided
}

// where says with which services something happened, and in how many of the scenarios: a
// cell of this list is a scenario with a service. thing is what the scenarios are called;
// empty: they have been counted before.
func where(cells []scenarios.Summary, p check.Property, happens, never, thing string) string {
	type count struct{ happened, of int }
	var services []string
	counts := map[string]count{}
	for _, c := range cells {
		if !slices.Contains(services, c.Backend) {
			services = append(services, c.Backend)
		}
		n := counts[c.Backend]
		n.of++
		if c.Tally(p).Violated > 0 {
			n.happened++
		}
		counts[c.Backend] = n
	}
	var with, without, shares []string
	for _, s := range controlLast(services) {
		n := counts[s]
		if n.happened == 0 {
			without = append(without, s)
			continue
		}
		with = append(with, s)
		shares = append(shares, share(n.happened, n.of, thing, s, len(shares) == 0))
	}
	text := happens
	switch {
	case len(with) == 0 && thing == "":
		return never
	case len(with) == 0:
		return fmt.Sprintf("%s (%s with %s)", never, words.Many(len(cells), "cell"), and(without))
	case oneScenario(cells):
		text += " with " + and(with)
	default:
		text += " in " + and(shares)
	}
	if len(without) > 0 {
		text += ", not with " + strings.Join(without, ", ")
	}
	return text
}

// happenedWith lists the services with which a property was violated, cell by cell.
func happenedWith(cells []scenarios.Summary, p check.Property) (services []string) {
	for _, c := range cells {
		if c.Tally(p).Violated > 0 {
			services = append(services, c.Backend)
		}
	}
	return services
}

func oneScenario(cells []scenarios.Summary) bool {
	return !slices.ContainsFunc(cells, func(c scenarios.Summary) bool { return c.Scenario != cells[0].Scenario })
}

// share says in how many scenarios something happened with a service.
func share(happened, of int, thing, service string, first bool) string {
	text := fmt.Sprint(happened)
	switch {
	case thing != "" && first:
		text += fmt.Sprintf(" of %s", words.Many(of, thing))
	case thing != "":
		text += fmt.Sprintf(" of %d", of)
	case first:
		text += " of them"
	}
	if service == (control.Perfect{}).Name() && !first {
		text = "even " + text
	}
	return text + " with " + service
}

// fewEnough is how many exceptions are named one by one.
const fewEnough = 3

// fenced says what the guard made of it, behind what happens without.
func fenced(cells []scenarios.Summary) string {
	if len(cells) == 0 {
		return ""
	}
	with := "; with " + cells[0].Guard
	switch lost, all := lostIn(cells), words.Many(len(cells), "cell"); {
	case len(lost) == 0:
		return fmt.Sprintf("%s none is (%s)", with, all)
	case len(lost) <= fewEnough:
		return fmt.Sprintf("%s only in %s (%d of %s)", with, and(lost), len(lost), all)
	default:
		return fmt.Sprintf("%s in %d of %s", with, len(lost), all)
	}
}

// onlyFenced says what happens with the guard where nothing was run without.
func onlyFenced(cells []scenarios.Summary) string {
	with := "With " + cells[0].Guard
	switch lost, all := lostIn(cells), words.Many(len(cells), "cell"); {
	case len(lost) == 0:
		return fmt.Sprintf("%s no update is lost (%s)", with, all)
	case len(lost) <= fewEnough:
		return fmt.Sprintf("%s an update is lost in %s (%d of %s)", with, and(lost), len(lost), all)
	default:
		return fmt.Sprintf("%s an update is lost in %d of %s", with, len(lost), all)
	}
}

// lostIn names the cells in which an update is lost.
func lostIn(cells []scenarios.Summary) (names []string) {
	for _, c := range cells {
		if c.Tally(check.LostUpdate).Violated > 0 {
			names = append(names, c.Scenario+" with "+c.Backend)
		}
	}
	return names
}

// controlLast puts the lock service that never errs behind the real ones.
func controlLast(services []string) []string {
	perfect := func(s string) bool { return s == (control.Perfect{}).Name() }
	others := slices.DeleteFunc(slices.Clone(services), perfect)
	return append(others, slices.DeleteFunc(services, func(s string) bool { return !perfect(s) })...)
}

func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
