package charts

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
)

func TestEveryKindOfFaultBelongsToAFamily(t *testing.T) {
	for _, k := range sim.FaultKinds() {
		family := familyOfFault(k)
		if !slices.Contains(Families(), family) || slices.Contains([]Family{NoFault, Several, NotOnFile}, family) {
			t.Errorf("the fault %s belongs to the family %q", k, family)
		}
		if k.OnLinks() != (family == Network) {
			t.Errorf("the fault %s is done to links: %v, and belongs to the family %q", k, k.OnLinks(), family)
		}
	}
	slugs := map[string]Family{}
	for _, f := range Families() {
		if other, twice := slugs[f.slug()]; twice {
			t.Errorf("%q and %q have the same name for files", f, other)
		}
		slugs[f.slug()] = f
	}
	defer func() {
		if recover() == nil {
			t.Error("a fault that does not exist belongs to a family")
		}
	}()
	familyOfFault("stall")
}
