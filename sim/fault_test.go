package sim

import (
	"encoding/json"
	"strings"
	"testing"
)

// Every kind of fault is done either to hosts or to links. The name of its lane starts with the
// kind and includes the target.
func TestEveryKindOfFaultHasItsLane(t *testing.T) {
	seen := map[string]FaultKind{}
	for _, k := range FaultKinds() {
		f := Fault{Kind: k, Host: "redis-1"}
		if k.OnLinks() {
			f = Fault{Kind: k, From: []HostID{"redis-1"}, To: []HostID{"redis-2"}}
		}
		lane := f.Lane()
		if !strings.HasPrefix(lane, string(k)+" ") || !strings.Contains(lane, "redis-1") {
			t.Errorf("the lane of %s is %q", k, lane)
		}
		if other, twice := seen[lane]; twice {
			t.Errorf("%s and %s have the same lane %q", k, other, lane)
		}
		seen[lane] = k
		if k.OnLinks() && k.StopsHost() {
			t.Errorf("%s is done to links, and stops a host", k)
		}
		if onHost := f.OnlyHost() != ""; onHost == k.OnLinks() {
			t.Errorf("%s is done to the host %q", lane, f.OnlyHost())
		}
	}
}

func TestAFaultThatDoesNotExistIsRefusedWhereItIsRead(t *testing.T) {
	const stall FaultKind = "stall"
	if stall.Known() || stall.OnLinks() || stall.StopsHost() {
		t.Error("a fault that does not exist is known, or has a nature")
	}
	var kinds []FaultKind
	if err := json.Unmarshal([]byte(`["pause","stall"]`), &kinds); err == nil || !strings.Contains(err.Error(), `there is no fault "stall"`) {
		t.Errorf("read as %q, %v", kinds, err)
	}
	for _, k := range FaultKinds() {
		text, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		var back FaultKind
		if err := json.Unmarshal(text, &back); err != nil || back != k {
			t.Errorf("%s is read back as %s, %v", k, back, err)
		}
	}
}
