package terminal

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
)

// oneWorld returns the world of all cells; empty if they differ or there are none.
func oneWorld(cells []outcome.Summary) string {
	for _, c := range cells {
		if c.World != cells[0].World {
			return ""
		}
	}
	if len(cells) == 0 {
		return ""
	}
	return cells[0].World
}

// count tells how the cells came out.
type count struct {
	ran, trials int
	of          map[outcome.Outcome]int // cells
}

func countCells(cells []outcome.Summary) count {
	n := count{of: map[outcome.Outcome]int{}}
	for _, c := range cells {
		n.of[c.Outcome]++
		if c.Outcome.Ran() {
			n.ran++
			n.trials += c.Trials
		}
	}
	return n
}

// writeSummary writes how the run came out, what that says about locks, and every expectation that
// was not met.
func writeSummary(b *strings.Builder, p typeset.Painter, cells []outcome.Summary, cards []outcome.Card, width int) {
	n := countCells(cells)
	style := typeset.Strong
	switch {
	case n.of[outcome.NotAsExpected] > 0:
		style = typeset.Alarm
	case n.of[outcome.Undecided] > 0:
		style = typeset.Doubt
	}
	for _, line := range typeset.Fold(outcomeSentence(cells), width) {
		b.WriteString(p.Paint(style, line) + "\n")
	}
	for _, sentence := range harm(cells, cards) {
		typeset.Hang(b, "", sentence, width)
	}
	for _, text := range inSeconds(cards) {
		typeset.Hang(b, "", text, width)
	}
	writeTogether(b, p, cells, width)
	for _, text := range surprisesOf(cells) {
		writeSurprise(b, p, text, width)
	}
}

// writeSurprise writes an expectation that was not met, with its sign before it.
func writeSurprise(b *strings.Builder, p typeset.Painter, text string, width int) {
	lead := "  " + p.Paint(typeset.Alarm, "!") + " "
	for _, line := range typeset.Fold(text, width-4) {
		b.WriteString(lead + line + "\n")
		lead = "    "
	}
}

// inSeconds says, once per scenario, what its lengths in seconds amount to under the lease that it
// was run with.
func inSeconds(cards []outcome.Card) (told []string) {
	for _, card := range cards {
		for _, text := range card.Seconds {
			told = append(told, card.Scenario+": "+text+".")
		}
	}
	return told
}

// outcomeSentence says how the run came out.
func outcomeSentence(cells []outcome.Summary) string {
	n := countCells(cells)
	trials := words.Many(n.trials, "trial")
	if world := oneWorld(cells); world != "" {
		trials += " in the " + world + " world"
	}
	ranWell := n.of[outcome.AsExpected]
	var sentence string
	switch {
	case n.ran == 0:
		sentence = "Nothing was run."
	case n.of[outcome.NotAsExpected] > 0:
		sentence = fmt.Sprintf("%d of %s %s not as expected", n.of[outcome.NotAsExpected], words.Many(n.ran, "cell"), words.Are(n.of[outcome.NotAsExpected]))
		sentence += also(n, outcome.Undecided) + also(n, outcome.NothingExpected) + " (" + trials + ")."
	case n.of[outcome.Undecided] > 0:
		sentence = fmt.Sprintf("%s, %s: %d undecided", words.Many(n.ran, "cell"), trials, n.of[outcome.Undecided]) + also(n, outcome.NothingExpected)
		if ranWell > 0 {
			sentence += fmt.Sprintf(", the other %d as expected", ranWell)
		}
		sentence += "."
	case ranWell == 0:
		sentence = words.Many(n.ran, "cell") + ", " + trials + ": nothing was expected."
	case n.of[outcome.NothingExpected] > 0:
		sentence = fmt.Sprintf("%s, %s: %d as expected; nothing was expected of %d.", words.Many(n.ran, "cell"), trials, ranWell, n.of[outcome.NothingExpected])
	default:
		sentence = words.Many(n.ran, "cell") + ", " + trials + ": all as expected."
	}
	for _, o := range []outcome.Outcome{outcome.NotApplicable, outcome.NotAvailable} {
		if k := n.of[o]; k > 0 {
			sentence += fmt.Sprintf(" %s %s %s.", words.Many(k, "cell"), words.Are(k), o)
		}
	}
	return sentence + tooSlow(cells)
}

// tooSlow says how many tries of live trials do not count because the machine was too slow; empty
// if there were none.
func tooSlow(cells []outcome.Summary) string {
	tries := 0
	for _, c := range cells {
		tries += c.TooSlow
	}
	switch tries {
	case 0:
		return ""
	case 1:
		return " One more try does not count because the machine was too slow."
	}
	return fmt.Sprintf(" %d more tries do not count because the machine was too slow.", tries)
}

// also counts the cells of one more outcome; empty if there are none.
func also(n count, o outcome.Outcome) string {
	switch k := n.of[o]; {
	case k == 0:
		return ""
	case o == outcome.NothingExpected:
		return fmt.Sprintf(", %d with nothing expected", k)
	default:
		return fmt.Sprintf(", %d %s", k, o)
	}
}

// surprisesOf describes every expectation that was not met.
func surprisesOf(cells []outcome.Summary) (all []string) {
	for _, c := range cells {
		if !c.Outcome.Ran() {
			continue
		}
		for _, t := range c.Tallies {
			if surprises(t) == 0 || t.Share != nil { // together reports shares
				continue
			}
			text := fmt.Sprintf("%s · %s · guard %s · %s: %s", c.Row(), c.Backend, c.Guard, c.World, contrast(t))
			if t.Because != "" {
				text += " (expected because " + t.Because + ")"
			}
			all = append(all, text)
		}
	}
	return all
}
