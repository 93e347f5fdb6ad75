package terminal

import "github.com/locklab/locklab/reports/results"

// Headline gives the sentence that says how the runs came out, and those that say what the
// cells show of locks.
func Headline(set *results.Set) (headline string, remarks []string) {
	return outcomeSentence(set.Cells), harm(set.Cells, set.Cards)
}
