package script

import (
	"fmt"
	"testing"

	"github.com/locklab/locklab/sim/check"
)

// A row of expect can name every property.
func TestARowCanSpeakAboutEveryProperty(t *testing.T) {
	for _, p := range check.Properties() {
		for _, verdict := range []check.Verdict{check.Holds, check.Violated} {
			s := load(t, fmt.Sprintf(`
scenario: one-property
title: A property
text: One that is expected.
ttl: 10s
clients: 1
workload:
  withdraw: {}
backends: [redis]
guards: [none]
until: 1ttl
expect:
  - %s: %s
    because: it is so
`, p, verdict))
			if got := s.Expected(cellOf(t, "redis", "none")); len(got) != 1 || got[0].Property != p || got[0].Verdict != verdict {
				t.Errorf("%s: %s is loaded as %+v", p, verdict, got)
			}
		}
	}
}
