package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios"
)

// oneWorld is the world that all cells have in common; empty: they have none.
func oneWorld(cells []scenarios.Summary) string {
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

// count is how the cells came out.
type count struct{ ran, trials, asExpected, undecided, notAsExpected, unavailable int }

func countCells(cells []scenarios.Summary) count {
	var n count
	for _, c := range cells {
		if c.Unavailable != "" {
			n.unavailable++
			continue
		}
		n.ran++
		n.trials += c.Trials
		switch c.Outcome {
		case scenarios.AsExpected:
			n.asExpected++
		case scenarios.Undecided:
			n.undecided++
		default:
			n.notAsExpected++
		}
	}
	return n
}

// writeSummary writes the sentence that says how the run came out, and below it every
// expectation that was not met.
func writeSummary(b *strings.Builder, p painter, cells []scenarios.Summary) {
	n := countCells(cells)
	trials := words.Many(n.trials, "trial")
	if world := oneWorld(cells); world != "" {
		trials += " in the " + world + " world"
	}
	var sentence string
	style := strong
	switch {
	case n.ran == 0:
		sentence = "Nothing was run."
	case n.notAsExpected > 0:
		style = alarm
		sentence = fmt.Sprintf("%d of %s %s not as expected", n.notAsExpected, words.Many(n.ran, "cell"), words.Are(n.notAsExpected))
		if n.undecided > 0 {
			sentence += fmt.Sprintf(", %d undecided", n.undecided)
		}
		sentence += " (" + trials + ")."
	case n.undecided > 0:
		style = doubt
		sentence = fmt.Sprintf("%s, %s: %d undecided", words.Many(n.ran, "cell"), trials, n.undecided)
		if n.asExpected > 0 {
			sentence += fmt.Sprintf(", the other %d as expected", n.asExpected)
		}
		sentence += "."
	default:
		sentence = words.Many(n.ran, "cell") + ", " + trials + ": all as expected."
	}
	b.WriteString(p.paint(style, sentence))
	if n.unavailable > 0 {
		fmt.Fprintf(b, " %s %s not available.", words.Many(n.unavailable, "cell"), words.Are(n.unavailable))
	}
	b.WriteByte('\n')
	for _, c := range cells {
		writeSurprises(b, p, c)
	}
}

// writeSurprises names the expectations of a cell that were not met.
func writeSurprises(b *strings.Builder, p painter, c scenarios.Summary) {
	if c.Unavailable != "" {
		return
	}
	for _, t := range c.Tallies {
		if surprises(t) == 0 {
			continue
		}
		text := fmt.Sprintf("%s · %s · guard %s · %s: %s", c.Scenario, c.Backend, c.Guard, c.World, contrast(t))
		if t.Because != "" {
			text += " (expected because " + t.Because + ")"
		}
		for i, line := range fold(text, pageColumns-4) {
			lead := "    "
			if i == 0 {
				lead = "  " + p.paint(alarm, "!") + " "
			}
			b.WriteString(lead + line + "\n")
		}
	}
}

// fold breaks a text into lines of at most width characters, at blanks.
func fold(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
