package check

import (
	"encoding/json"
	"testing"
)

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
