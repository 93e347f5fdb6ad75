package charts

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// Family groups scenarios by what goes wrong in them.
type Family string

// The families, in the order of charts.
const (
	NoFault   Family = "no fault"
	Pauses    Family = Family(sim.PauseFamily)
	Crashes   Family = Family(sim.CrashFamily)
	Disks     Family = Family(sim.DiskFamily)
	Clocks    Family = Family(sim.ClockFamily)
	Network   Family = Family(sim.NetworkFamily)
	Several   Family = "several faults"
	NotOnFile Family = "faults not on record" // results of which there is no card
)

// Families lists them.
func Families() []Family {
	return []Family{NoFault, Pauses, Crashes, Disks, Clocks, Network, Several, NotOnFile}
}

// slug is the family's name in the name of a file.
func (f Family) slug() string {
	switch f {
	case NoFault:
		return "no-fault"
	case Pauses:
		return "pause"
	case Several:
		return "several"
	case NotOnFile:
		return "unknown"
	case Crashes, Disks, Clocks, Network:
		return string(f)
	}
	panic(fmt.Sprintf("the family %q has no name for files", string(f)))
}

// familyOf gives the family of a scenario: that of its faults, if they are all of one.
func familyOf(set *results.Set, scenario string) Family {
	card := set.Card(scenario)
	if card == nil {
		return NotOnFile
	}
	family := NoFault
	for _, kind := range card.Faults {
		each := Family(kind.Row().Family)
		if family != NoFault && family != each {
			return Several
		}
		family = each
	}
	return family
}

// cellsOf gives the cells of a world that belong to a family.
func cellsOf(set *results.Set, world string, family Family) []outcome.Summary {
	return slices.DeleteFunc(elsewhere(set, world), func(c outcome.Summary) bool { return familyOf(set, c.Scenario) != family })
}
