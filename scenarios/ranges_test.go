package scenarios

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// Who reads "expected 1ttl or more, measured 1.000ttl" learns nothing.
func TestWhatMissesARangeIsShownWithTheDigitsThatItTakes(t *testing.T) {
	s := load(t, `
scenario: narrow
title: A range
text: One that is missed by little.
ttl: 2s
clients: 1
workload:
  withdraw: {}
backends: [redis]
guards: [none]
until: 1ttl
expect:
  - measures: {next-grant: [1ttl, 1.15ttl]}
    because: it is so
`)
	r := s.Bounds(cellOf(t, "redis", "none"))[0]
	for _, c := range []struct {
		least, most time.Duration
		want        string
	}{
		{1999 * time.Millisecond, 2001 * time.Millisecond, "0.9995ttl to 1.0005ttl"},
		{2 * time.Second, 2300*time.Millisecond + 1, "1.000000000ttl to 1.150000000ttl"},
		{time.Second, 2 * time.Second, "0.500ttl to 1.000ttl"},
		{2 * time.Second, 3 * time.Second, "1.000ttl to 1.500ttl"},
		{time.Second, time.Second, "0.500ttl"},
	} {
		m := check.Measured{Measure: "next-grant", Count: 2, Least: c.least.Seconds(), Most: c.most.Seconds()}
		if got := r.showMiss(m, s.TTL); got != c.want {
			t.Errorf("from %v to %v is shown as %s, expected %s", c.least, c.most, got, c.want)
		}
	}
}
