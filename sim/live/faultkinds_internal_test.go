//go:build linux

package live

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
)

// Each kind of fault has one effect, in the table of what it is done to, or says why no machine
// can do it; and nothing else has.
func TestEveryKindOfFaultHasOneEffectOrAReason(t *testing.T) {
	for _, kind := range sim.FaultKinds() {
		host, onHost := hostEffects[kind]
		links, onLinks := linkEffects[kind]
		if onHost == kind.OnLinks() || onLinks != kind.OnLinks() {
			t.Errorf("%s is done to links: %v; it has an effect on hosts: %v, and on links: %v", kind, kind.OnLinks(), onHost, onLinks)
		}
		if host.bring == nil && links.bring == nil && Can(kind) == nil {
			t.Errorf("%s can be done, and has no effect", kind)
		}
	}
	if have, want := len(hostEffects)+len(linkEffects), len(sim.FaultKinds()); have != want {
		t.Errorf("there are %d effects, and %d kinds of fault", have, want)
	}
}

// The world refuses what it has never heard of.
func TestAFaultThatTheLiveWorldDoesNotKnowIsRefused(t *testing.T) {
	w := &World{lab: &Lab{agents: []*Agent{{id: "client-1"}}}}
	stall := sim.Fault{Kind: "stall", Host: "client-1"}
	for name, refuse := range map[string]func() error{
		"Can":   func() error { return Can(stall.Kind) },
		"CanDo": func() error { return CanDo(stall) },
		"Apply": func() error { return w.Apply(stall) },
	} {
		if err := refuse(); err == nil || !strings.Contains(err.Error(), `no fault "stall"`) {
			t.Errorf("%s says of a fault that does not exist: %v", name, err)
		}
	}
	for why, f := range map[string]sim.Fault{
		"no clock": {Kind: sim.ClockFault, Clock: "sundial", Host: "client-1"},
		"no host":  {Kind: sim.Pause, Host: "client-2"},
	} {
		if _, err := w.bring(f); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%+v: %v, want %q", f, err, why)
		}
	}
}
