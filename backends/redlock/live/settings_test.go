//go:build linux

package redlocklive

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/backends/redlock"
)

// A time-out that no fault of a script caused must not cost votes, even on a busy machine.
func TestALiveClientWaitsLongerForAServerUnlessATimeIsAskedFor(t *testing.T) {
	for spec, want := range map[string]string{
		"redlock":                       "node-timeout=0.05ttl",
		"redlock-reference+quorum=2":    "node-timeout=0.05ttl",
		"redlock-redsync":               "node-timeout=0.05ttl", // is longer already
		"redlock+node-timeout=0.001ttl": "node-timeout=0.001ttl",
	} {
		b, s := locktest.Parse(t, spec, 10*time.Second, false, profiles...)
		adapted, err := b.LiveSettings(s)
		if err != nil {
			t.Fatal(err)
		}
		before, after := s.List(), adapted.List()
		for i, option := range after {
			if name, _, _ := strings.Cut(option, "="); name != redlock.OptionTimeout && option != before[i] {
				t.Errorf("%s: %s has become %s", spec, before[i], option)
			} else if name == redlock.OptionTimeout && option != want {
				t.Errorf("%s runs live with %s, want %s", spec, option, want)
			}
		}
	}
}
