//go:build linux

package live

import "testing"

func TestClockPatchProbeGivesAnAnswerAndLeavesTheProcessWhole(t *testing.T) {
	for range 3 {
		if err := ClockPatch(); err != nil {
			t.Logf("not available here: %v", err)
		}
	}
}
