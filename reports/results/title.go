package results

import (
	"path/filepath"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
)

// TitleOf returns the title of a history's scenario: from the run whose folder contains the file,
// else from the built-in scenario of that name. It returns "" if neither knows it, as with the
// history of a user's own script that was taken out of its folder.
func TitleOf(history, scenario string) string {
	if about, err := readAbout(filepath.Dir(filepath.Dir(history))); err == nil {
		for _, card := range about.Scenarios {
			if card.Scenario == scenario {
				return card.Title
			}
		}
	}
	built, err := scenarios.Find(scenario, script.Everything())
	if err != nil {
		return ""
	}
	return built.Title
}
