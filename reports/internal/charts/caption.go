package charts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
)

// about says where the figures of a chart come from: "virtual world, 20 trials a cell (seeds 1 to
// 20), lease 10 s".
func about(cells []outcome.Summary) string {
	cells = slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool { return c.Trials == 0 })
	if len(cells) == 0 {
		return "no trials"
	}
	least, most, seeds := cells[0].Trials, cells[0].Trials, cells[0].Seeds
	var leases []time.Duration
	for _, c := range cells {
		least, most = min(least, c.Trials), max(most, c.Trials)
		seeds = outcome.Seeds{First: min(seeds.First, c.Seeds.First), Last: max(seeds.Last, c.Seeds.Last)}
		if !slices.Contains(leases, c.TTL) {
			leases = append(leases, c.TTL)
		}
	}
	slices.Sort(leases)
	n := words.Many(most, "trial")
	if least < most {
		n = fmt.Sprintf("%d to %s", least, n)
	}
	seed := fmt.Sprintf("seeds %d to %d", seeds.First, seeds.Last)
	if seeds.First == seeds.Last {
		seed = fmt.Sprintf("seed %d", seeds.First)
	}
	lease := "lease " + words.Seconds(leases[0])
	if len(leases) > 1 {
		lease = fmt.Sprintf("leases of %s to %s", words.Seconds(leases[0]), words.Seconds(leases[len(leases)-1]))
	}
	return fmt.Sprintf("%s world, %s a cell (%s), %s", cells[0].World, n, seed, lease)
}

// sentence capitalizes the text and adds a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
