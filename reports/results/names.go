package results

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/plaintext"
)

// unseenError means that a JSON file contains characters that text for readers must not.
type unseenError struct {
	offset int64 // bytes up to the end of the character's first byte
	found  rune
}

func (e *unseenError) Error() string { return plaintext.Name(e.found) + " appears here" }

// visible makes sure that the text of a JSON file can be shown: the folder may come from somebody
// else, and a terminal would obey escape sequences in it.
func visible(text []byte) error {
	if at, found := plaintext.FindJSON(text); at >= 0 {
		return &unseenError{int64(at + 1), found}
	}
	return nil
}

// named makes sure that these are valid names: files are named after them.
func named(scenario string, others ...string) error {
	if !strict.IsName(scenario) {
		return fmt.Errorf("the scenario is called %q, expected lower-case letters, digits and hyphens", scenario)
	}
	for _, name := range others {
		if at, _ := plaintext.FindInLine(name); at >= 0 || strings.ContainsAny(name, `\`) || strings.Contains(name, "..") {
			return fmt.Errorf("%q is no name of a lock service, guard or discipline", name)
		}
	}
	return nil
}

// named makes sure that the cards of a run have valid names.
func (a *About) named() error {
	for _, card := range a.Scenarios {
		if err := named(card.Scenario); err != nil {
			return err
		}
		for _, c := range card.Cells {
			if err := named(card.Scenario, c.Backend, c.Guard, c.Discipline); err != nil {
				return err
			}
			if err := c.Check(); err != nil {
				return err
			}
			if c.World != sim.VirtualWorld && c.World != sim.LiveWorld {
				return fmt.Errorf("a cell's world is %q, neither %s nor %s", c.World, sim.VirtualWorld, sim.LiveWorld)
			}
		}
	}
	return nil
}
