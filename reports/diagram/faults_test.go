package diagram

import (
	"testing"

	"github.com/locklab/locklab/sim"
)

// A host that a fault stops is marked with its state: paused, suspended, down.
func TestEveryKindOfFaultThatStopsAHostSaysSo(t *testing.T) {
	for _, k := range sim.FaultKinds() {
		if said := stopped[k] != ""; said != k.StopsHost() {
			t.Errorf("the fault %s stops its host: %v, and the diagram says %q", k, k.StopsHost(), stopped[k])
		}
	}
}
