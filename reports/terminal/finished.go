package terminal

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
)

// Finished says in one line how the cells of a scenario came out; empty if none was run.
func Finished(scenario string, cells []outcome.Summary) string {
	ran, harmed, by := 0, 0, map[outcome.Outcome]int{}
	for _, c := range cells {
		if c.Scenario != scenario || !c.Outcome.Ran() {
			continue
		}
		ran++
		by[c.Outcome]++
		if c.Damage.Violated > 0 {
			harmed++
		}
	}
	if ran == 0 {
		return ""
	}
	var parts []string
	for o := outcome.NotAsExpected; o >= outcome.AsExpected; o-- {
		switch n := by[o]; n {
		case 0:
		case ran:
			parts = append(parts, o.String())
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	line := fmt.Sprintf("%s: %s %s", scenario, words.Many(ran, "cell"), strings.Join(parts, ", "))
	if harmed > 0 {
		line += fmt.Sprintf("; money lost or taken twice in %d", harmed)
	}
	return line
}
