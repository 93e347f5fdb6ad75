package terminal

import (
	"fmt"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/words"
)

// Headline gives the sentence that says how the runs came out, and those that say what the
// cells show of locks.
func Headline(set *results.Set) (headline string, remarks []string) {
	remarks = harm(set.Cells, set.Cards)
	if s := LeftOut(set); s != "" {
		remarks = append(remarks, s)
	}
	return outcomeSentence(set.Cells), remarks
}

// LeftOut says what several runs have in common, which is counted once; empty: nothing.
func LeftOut(set *results.Set) string {
	if set.Repeated == 0 {
		return ""
	}
	return fmt.Sprintf("Left out, as a seed gives the same virtual trial again: %s that a run before had already.", words.Many(set.Repeated, "trial"))
}
