package trial

import "testing"

// TestNoEffectStandsBeforeItsCauseInTheVirtualWorld checks the order of cause and effect, messages
// included. The virtual world takes every time stamp from one clock, so judging a virtual history
// does not check this each time.
func TestNoEffectStandsBeforeItsCauseInTheVirtualWorld(t *testing.T) {
	p := suite(t)
	for _, j := range p.judged {
		if err := p.disorders[seeded{j.Trial.Cell(), j.Trial.Seed}]; err != nil {
			t.Errorf("%s, seed %d: %v", j.Trial.Cell(), j.Trial.Seed, err)
		}
	}
}
