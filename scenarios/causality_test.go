package scenarios

import (
	"testing"

	"github.com/locklab/locklab/sim/check"
)

// The virtual world stamps by one clock, so its histories are not held to the order of cause and
// effect each time they are judged. With the messages they are here.
func TestNoEffectStandsBeforeItsCauseInTheVirtualWorld(t *testing.T) {
	for _, trial := range virtualTrials(t, Seeds{1, 1}) {
		h, err := trial.SimulateRecorded(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if all := check.Disorders(h); len(all) > 0 {
			t.Errorf("%s: %v", trial.Cell(), all[0])
		}
	}
}
