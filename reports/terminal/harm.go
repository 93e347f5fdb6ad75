package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim/check"
)

// harm says what the cells show about locks: where two clients held the lock at once, an update was
// lost or an effect was applied twice with nothing but a lock to prevent it, and what a guard
// changed. It is about attentive clients and about scenarios with faults, if there are any, and
// about services without options, if any were run, unless there is only one scenario. A cell
// counts if the harm happened in at least one of its trials; each kind of harm is counted over the
// cells in which it is decided. Trials in which no lock is taken, because clients add elements to a
// set, count only if there are no others.
func harm(cells []outcome.Summary, cards []outcome.Card) (sentences []string) {
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
		of := slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool { return c.World != world || !c.Outcome.Ran() })
		text := harmIn(of, cards)
		if text == "" {
			continue
		}
		if lead != "" {
			text = lead + lower(text)
		}
		sentences = append(sentences, text)
	}
	return sentences
}

// harmKind is one kind of harm and the phrases that name it.
type harmKind struct {
	property                check.Property
	happens, never, whether string
	none                    string         // behind a guard: "with fence-all none is"
	guards                  []ledger.Guard // those that prevent it, the strictest first
}

func harms() []harmKind {
	return []harmKind{
		{check.Overlap, "two clients believe they hold the lock", "no two clients believe they hold the lock", "two clients believe they hold the lock", "", nil},
		{check.LostUpdate, "an update is lost", "no update is lost", "an update is lost", "none is", []ledger.Guard{ledger.FenceAll, ledger.FenceWrites, ledger.CAS}},
		{check.DuplicateEffect, "an effect is applied twice", "no effect is applied twice", "an effect is applied twice", "none is", []ledger.Guard{ledger.Unique, ledger.FenceAll, ledger.FenceWrites, ledger.CAS}},
	}
}

// judged sorts cells by what their trials say of one property, as the table does: it was violated,
// it held in every trial, or that is not decided. Cells with nothing to judge and no expectation
// are left out.
type judged struct{ happened, never, unsure []outcome.Summary }

func judge(cells []outcome.Summary, p check.Property) (j judged) {
	for _, c := range cells {
		switch t := c.Tally(p); {
		case nothingToJudge(t):
		case t.Violated > 0:
			j.happened = append(j.happened, c)
		case t.Holds > 0 && t.Undecided == 0:
			j.never = append(j.never, c)
		default:
			j.unsure = append(j.unsure, c)
		}
	}
	return j
}

// decided counts the cells that came to a verdict.
func (j judged) decided() int { return len(j.happened) + len(j.never) }

// harmIn covers the cells of one world. Each kind of harm is counted over the cells in which it is
// decided.
func harmIn(cells []outcome.Summary, cards []outcome.Card) string {
	cells = slices.DeleteFunc(cells, func(c outcome.Summary) bool { return c.Backend == (control.None{}).Name() })
	cells = outcome.OneDiscipline(cells)
	cells, thing := telltale(cells, cards)
	var all []string
	var said judged // what the previous sentence counted
	for _, h := range harms() {
		bare := judge(under(cells, string(ledger.None)), h.property)
		guard := guardOf(cells, h.guards)
		fenced := judge(under(cells, guard), h.property)
		if h.property == check.DuplicateEffect && len(bare.happened)+len(fenced.happened) == 0 {
			continue // most workloads do nothing that could be done twice
		}
		var text string
		switch {
		case bare.decided()+len(bare.unsure) > 0:
			text = bareText(h, bare, said, thing, oneScenario(cells)) + fencedText(h, guard, fenced)
			said, thing = bare, ""
		case fenced.decided() > 0:
			text = onlyFencedText(h, guard, fenced)
		default:
			continue
		}
		if len(all) == 0 && bare.decided()+len(bare.unsure) > 0 && !addsOnly(cells, cards) {
			text = "without a guard, " + text
		}
		all = append(all, upper(text)+".")
	}
	if d := cells; len(all) > 0 && d[0].Discipline != string(workload.Attentive) {
		all[0] = upper(fmt.Sprintf("where clients are %s: %s", d[0].Discipline, lower(all[0])))
	}
	return strings.Join(all, " ")
}

// adds reports whether the clients of a cell add elements to a set.
func adds(c outcome.Summary, cards []outcome.Card) bool {
	return slices.ContainsFunc(cards, func(card outcome.Card) bool { return card.Scenario == c.Scenario && card.Adds })
}

// addsOnly reports whether the clients of all cells do.
func addsOnly(cells []outcome.Summary, cards []outcome.Card) bool {
	return !slices.ContainsFunc(cells, func(c outcome.Summary) bool { return !adds(c, cards) })
}

// under returns the cells behind a guard.
func under(cells []outcome.Summary, guard string) (out []outcome.Summary) {
	for _, c := range cells {
		if c.Guard == guard {
			out = append(out, c)
		}
	}
	return out
}

// guardOf returns the first of these guards that some cell has; empty if there is none.
func guardOf(cells []outcome.Summary, guards []ledger.Guard) string {
	for _, g := range guards {
		if len(under(cells, string(g))) > 0 {
			return string(g)
		}
	}
	return ""
}

// telltale returns the cells that the sentence is about, and what it calls their scenarios.
func telltale(cells []outcome.Summary, cards []outcome.Card) ([]outcome.Summary, string) {
	keep := func(f func(outcome.Summary) bool) bool {
		if !slices.ContainsFunc(cells, f) {
			return false
		}
		cells = slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool { return !f(c) })
		return true
	}
	keep(func(c outcome.Summary) bool { return !adds(c, cards) })
	// Only the battery does the same to every lock service, so only there can counts be compared.
	battery := keep(func(c outcome.Summary) bool {
		return slices.ContainsFunc(cards, func(card outcome.Card) bool { return card.Scenario == c.Scenario && card.Battery })
	})
	thing := "scenario"
	if keep(func(c outcome.Summary) bool {
		return slices.ContainsFunc(cards, func(card outcome.Card) bool { return card.Scenario == c.Scenario && len(card.Faults) > 0 })
	}) {
		thing = "fault scenario"
		if battery {
			thing = "fault"
		}
	}
	if !oneScenario(cells) {
		keep(func(c outcome.Summary) bool { return !strings.Contains(c.Backend, "+") })
	}
	return cells, thing
}
