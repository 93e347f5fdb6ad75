//go:build linux

package live

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
)

// The world says for every kind of fault whether this machine can do it, and refuses a kind it
// does not know, even one that is listed as a kind.
func TestAFaultThatTheLiveWorldDoesNotKnowIsRefused(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		if err := Can(kind); err != nil && strings.Contains(err.Error(), "has no fault") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	w := &World{lab: &Lab{agents: []*Agent{{id: "client-1"}}}}
	stall := sim.Fault{Kind: "stall", Host: "client-1"}
	for name, refuse := range map[string]func() error{
		"Can":       func() error { return Can(stall.Kind) },
		"CanDo":     func() error { return CanDo(stall) },
		"Apply":     func() error { return w.Apply(stall) },
		"applyHost": func() error { _, err := w.applyHost(stall); return err },
	} {
		if err := refuse(); err == nil {
			t.Errorf("%s takes a fault that does not exist", name)
		}
	}
	if _, err := w.applyHost(stall); err == nil || !strings.Contains(err.Error(), `no fault "stall"`) {
		t.Errorf("on a host: %v", err)
	}
	sundial := sim.Fault{Kind: sim.ClockFault, Clock: "sundial", Host: "client-1"}
	if _, err := w.applyHost(sundial); err == nil || !strings.Contains(err.Error(), "no clock") {
		t.Errorf("a clock that no host has: %v", err)
	}
	for _, kind := range sim.FaultKinds() {
		if kind.OnLinks() {
			if _, err := w.applyHost(sim.Fault{Kind: kind, Host: "client-1"}); err == nil {
				t.Errorf("%s is done to a host", kind)
			}
		}
	}
}
