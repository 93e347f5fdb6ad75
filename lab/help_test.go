package lab

import (
	"regexp"
	"testing"

	"github.com/spf13/cobra"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// TestHelpNamesAllThatAFlagTakes checks that a flag with a fixed set of values names all of them,
// whichever command it belongs to.
func TestHelpNamesAllThatAFlagTakes(t *testing.T) {
	names := map[string][]string{"world": worlds()}
	for _, g := range ledger.AllGuards() {
		names["guard"] = append(names["guard"], string(g))
	}
	for _, f := range typeset.Formats() {
		names["format"] = append(names["format"], string(f))
	}
	seen := map[string]int{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for flag, all := range names {
			f := c.Flags().Lookup(flag)
			if f == nil {
				continue
			}
			seen[flag]++
			for _, name := range all {
				if name == outcome.BothWorlds && c.Name() == "claims" {
					continue // figures of two worlds are never in one row
				}
				if name == sim.LiveWorld && c.Name() == "datasheet" {
					continue // margins are searched for in the virtual world, and confirmed in the other
				}
				if !regexp.MustCompile(`(^|[ ,])` + regexp.QuoteMeta(name) + `($|[ ,;])`).MatchString(f.Usage) {
					t.Errorf("%s --%s: the help does not name %s: %s", c.CommandPath(), flag, name, f.Usage)
				}
			}
		}
		for _, each := range c.Commands() {
			walk(each)
		}
	}
	walk(rootCommand())
	for flag := range names {
		if seen[flag] == 0 {
			t.Errorf("no command has a flag --%s", flag)
		}
	}
}
