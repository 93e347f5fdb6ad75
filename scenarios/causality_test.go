package scenarios

import "testing"

// The virtual world stamps by one clock, so its histories are not held to the order of cause and
// effect each time they are judged. With the messages they are here.
func TestNoEffectStandsBeforeItsCauseInTheVirtualWorld(t *testing.T) {
	p := suite(t)
	for _, j := range p.judged {
		if err := p.disorders[seeded{j.Trial.Cell(), j.Trial.Seed}]; err != nil {
			t.Errorf("%s, seed %d: %v", j.Trial.Cell(), j.Trial.Seed, err)
		}
	}
}
