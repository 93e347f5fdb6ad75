package charts

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
)

func TestEveryFamilyOfFaultsIsDrawn(t *testing.T) {
	for _, k := range sim.FaultKinds() {
		family := Family(k.Row().Family)
		if !slices.Contains(Families(), family) || slices.Contains([]Family{NoFault, Several, NotOnFile}, family) {
			t.Errorf("the fault %s belongs to the family %q", k, family)
		}
	}
	slugs := map[string]Family{}
	for _, f := range Families() {
		if other, twice := slugs[f.slug()]; twice {
			t.Errorf("%q and %q have the same name for files", f, other)
		}
		slugs[f.slug()] = f
	}
}
