package results

import (
	"path/filepath"

	"github.com/locklab/locklab/scenarios"
)

// TitleOf gives the title of the scenario of a history: as the run says whose folder the
// file is in, else as the built-in scenario of that name has it. Empty: neither knows it, as
// with the history of somebody's own script that was taken out of its folder.
func TitleOf(history, scenario string) string {
	if about, err := readAbout(filepath.Dir(filepath.Dir(history))); err == nil {
		for _, card := range about.Scenarios {
			if card.Scenario == scenario {
				return card.Title
			}
		}
	}
	built, err := scenarios.Find(scenario, scenarios.Everything())
	if err != nil {
		return ""
	}
	return built.Title
}
