package check

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Each property has a judge, who finds about it and nothing else.
func TestEveryPropertyHasAJudge(t *testing.T) {
	var judged []Property
	h := &sim.History{Header: sim.Header{World: sim.VirtualWorld}}
	for _, j := range judges() {
		judged = append(judged, j.property)
		if f := j.run(trace.Read(h)); f.Property != j.property {
			t.Errorf("the judge of %s finds about %s", j.property, f.Property)
		}
	}
	if all := append(Preconditions(), Properties()...); !slices.Equal(judged, all) {
		t.Errorf("judged are %q, and there are %q", judged, all)
	}
}

func TestEveryVerdictHasAName(t *testing.T) {
	for v := Holds; v <= Violated; v++ {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back Verdict
		if err := json.Unmarshal(text, &back); err != nil || back != v {
			t.Errorf("%v is read back as %v, %v", v, back, err)
		}
	}
	var v Verdict
	if err := json.Unmarshal([]byte(`"stalled"`), &v); err == nil {
		t.Errorf("a verdict that does not exist is read as %v", v)
	}
}
