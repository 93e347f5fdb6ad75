package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends/control"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// bareText says where something happens without a guard, where it does not, and where that is
// undecided. said is what the previous sentence counted; one is set if there is only one scenario.
func bareText(h harmKind, j, said judged, thing string, one bool) string {
	if j.decided() == 0 {
		return fmt.Sprintf("whether %s is undecided (%s)", h.whether, words.Many(len(j.unsure), "cell"))
	}
	text := where(slices.Concat(j.happened, j.never), h, thing, one)
	switch known := len(said.happened)+len(said.never) == j.decided() && len(said.unsure)+len(j.unsure) == 0; {
	case known && len(j.happened) == 0:
		text = h.never // in the same cells
	case known && len(j.happened) > 1 && one && slices.Equal(servicesOf(j.happened), servicesOf(said.happened)):
		text = h.happens + " with each of them"
	}
	switch {
	case len(j.unsure) == 0:
	case one:
		text += "; undecided with " + words.And(servicesOf(j.unsure))
	default:
		text += fmt.Sprintf("; undecided in %s", words.Many(len(j.unsure), "more cell"))
	}
	return text
}

// where says with which services something happened, and in how many of the scenarios: each cell of
// this list is one scenario with one service. thing is what the scenarios are called; empty if that
// has been said. one is set if there is only one scenario.
func where(cells []outcome.Summary, h harmKind, thing string, one bool) string {
	type count struct{ happened, of int }
	counts := map[string]count{}
	for _, c := range cells {
		n := counts[c.Backend]
		n.of++
		if c.Tally(h.property).Violated > 0 {
			n.happened++
		}
		counts[c.Backend] = n
	}
	var with, without, shares []string
	for _, s := range controlLast(servicesOf(cells)) {
		n := counts[s]
		if n.happened == 0 {
			without = append(without, s)
			continue
		}
		with = append(with, s)
		shares = append(shares, share(n.happened, n.of, thing, s, len(shares) == 0))
	}
	text := h.happens
	switch {
	case len(with) == 0:
		return fmt.Sprintf("%s (%s with %s)", h.never, words.Many(len(cells), "cell"), words.And(without))
	case one:
		text += " with " + words.And(with)
	default:
		text += " in " + words.And(shares)
	}
	if len(without) > 0 && h.property != check.DuplicateEffect {
		text += ", not with " + strings.Join(without, ", ")
	}
	return text
}

// servicesOf lists the lock services of cells in order of first appearance.
func servicesOf(cells []outcome.Summary) (names []string) {
	for _, c := range cells {
		if !slices.Contains(names, c.Backend) {
			names = append(names, c.Backend)
		}
	}
	return names
}

func oneScenario(cells []outcome.Summary) bool {
	return !slices.ContainsFunc(cells, func(c outcome.Summary) bool { return c.Scenario != cells[0].Scenario })
}

// share says in how many scenarios something happened with a service.
func share(happened, of int, thing, service string, first bool) string {
	text := fmt.Sprintf("%d of %d", happened, of)
	if thing != "" && first {
		text = fmt.Sprintf("%d of %s", happened, words.Many(of, thing))
	}
	if service == (control.Perfect{}).Name() && !first {
		text = "even " + text
	}
	return text + " with " + service
}

// fewEnough is how many exceptions are still named one by one.
const fewEnough = 3

// fencedText says what a guard changed; it follows what happens without one.
func fencedText(h harmKind, guard string, j judged) string {
	if j.decided() == 0 {
		return ""
	}
	with, all := "; with "+guard, words.Many(j.decided(), "cell")+left(j)
	switch lost := names(j.happened); {
	case len(lost) == 0:
		return fmt.Sprintf("%s %s (%s)", with, h.none, all)
	case len(lost) <= fewEnough:
		return fmt.Sprintf("%s only in %s (%d of %s)", with, words.And(lost), len(lost), all)
	default:
		return fmt.Sprintf("%s in %d of %s", with, len(lost), all)
	}
}

// onlyFencedText says what happens with the guard, if nothing was run without one.
func onlyFencedText(h harmKind, guard string, j judged) string {
	with, all := "with "+guard, words.Many(j.decided(), "cell")+left(j)
	switch lost := names(j.happened); {
	case len(lost) == 0:
		return fmt.Sprintf("%s %s (%s)", with, h.never, all)
	case len(lost) <= fewEnough:
		return fmt.Sprintf("%s %s in %s (%d of %s)", with, h.happens, words.And(lost), len(lost), all)
	default:
		return fmt.Sprintf("%s %s in %d of %s", with, h.happens, len(lost), all)
	}
}

// left mentions how many cells are undecided; it follows the number of decided ones.
func left(j judged) string {
	if len(j.unsure) == 0 {
		return ""
	}
	return fmt.Sprintf(", %d undecided", len(j.unsure))
}

// names lists cells by scenario and service.
func names(cells []outcome.Summary) (out []string) {
	for _, c := range cells {
		out = append(out, c.Scenario+" with "+c.Backend)
	}
	return out
}

// controlLast moves the lock service that never errs behind the real ones.
func controlLast(names []string) []string {
	perfect := func(s string) bool { return s == (control.Perfect{}).Name() }
	others := slices.DeleteFunc(slices.Clone(names), perfect)
	return append(others, slices.DeleteFunc(names, func(s string) bool { return !perfect(s) })...)
}

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func lower(text string) string { return strings.ToLower(text[:1]) + text[1:] }
