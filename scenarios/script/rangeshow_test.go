package script

import (
	"fmt"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// A reader learns nothing from "expected 1ttl or more, measured 1.000ttl".
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
		if got := r.ShowMiss(m, s.TTL); got != c.want {
			t.Errorf("from %v to %v is shown as %s, expected %s", c.least, c.most, got, c.want)
		}
	}
}

// The author of "at most 5 ms" wants to know how many milliseconds it was, not how many leases.
func TestWhatIsMeasuredIsShownInTheUnitOfTheBound(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		bounds      string
		least, most time.Duration
		want        string // the measured values as ShowMiss formats them
	}{
		{"0s, 5ms", 50 * ms, 50 * ms, "50ms"},
		{"0, 5ms", 4 * ms, 5*ms + 10, "4ms to 5.00001ms"},
		{"50ms, 60ms", 49999 * time.Microsecond, 52 * ms, "49.999ms to 52ms"},
		{"50ms, 2s", 60 * ms, 2100 * ms, "0.06s to 2.1s"}, // in the unit of the end that is missed
		{"50ms, 2s", 40 * ms, 2100 * ms, "40ms to 2100ms"},
		{"0s, 60s", 0, 24 * time.Hour, "0s to 86400s"},
		{"1m, 1m30s", time.Minute, 95200 * ms, "60s to 95.2s"},
		{"2h, 3h", 90 * time.Minute, 150 * time.Minute, "1.5h to 2.5h"},
		{"0, 20us", 21 * time.Microsecond, 21 * time.Microsecond, "21us"},
		{"0, 20µs", 21 * time.Microsecond, 21 * time.Microsecond, "21µs"},
		{"0, 20μs", 21 * time.Microsecond, 21 * time.Microsecond, "21μs"},
		{"0s, 0ms", 10 * ms, 10 * ms, "0.001ttl"}, // nothing says which unit to use
		{"0.5ttl, 1ttl", time.Second, 10 * time.Second, "0.100ttl to 1.000ttl"},
		{"0s, 1ttl", time.Second, 11 * time.Second, "0.100ttl to 1.100ttl"},
		{"1ttl, 1ttl+600ms", 10 * time.Second, 11 * time.Second, "1.000ttl to 1.100ttl, that is 10000ms to 11000ms"},
	} {
		s := load(t, fmt.Sprintf(`
scenario: units
title: A range
text: One in some unit.
ttl: 10s
clients: 1
workload:
  withdraw: {}
backends: [redis]
guards: [none]
until: 1ttl
expect:
  - measures: {wait: [%s]}
    because: it is so
`, c.bounds))
		r := s.Bounds(cellOf(t, "redis", "none"))[0]
		m := check.Measured{Measure: "wait", Count: 2, Least: c.least.Seconds(), Most: c.most.Seconds()}
		if r.Contains(m, s.TTL) {
			t.Errorf("[%s]: from %v to %v is in it", c.bounds, c.least, c.most)
		}
		if got := r.ShowMiss(m, s.TTL); got != c.want {
			t.Errorf("[%s]: from %v to %v is shown as %s, expected %s", c.bounds, c.least, c.most, got, c.want)
		}
	}
}

// If a measure may be below 0, so may the ends of its range and the values shown.
func TestARangeMayBeBelowNothing(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		bounds      string
		least, most time.Duration
		inside      bool
		want        string
	}{
		{"-0.3ttl, 1.1s", -3 * time.Second, 1100 * ms, true, "-3s to 1.1s"},
		{"-0.3ttl, 1.1s", -3001 * ms, 1000 * ms, false, "-0.3001ttl to 0.1000ttl"},
		{"-0.3ttl, 1.1s", -1 * time.Second, 1101 * ms, false, "-1s to 1.101s"},
		{"-2s, -1s", -1500 * ms, -1200 * ms, true, "-1.5s to -1.2s"},
		{"-2s, -1s", -1500 * ms, 0, false, "-1.5s to 0s"},
		{"1ttl-20ms, 1ttl+20ms", 9980 * ms, 10020 * ms, true, "0.998ttl to 1.002ttl, that is 9980ms to 10020ms"},
		{"-1ttl+20ms, 0", -9979 * ms, 0, true, "-0.998ttl to 0.000ttl, that is -9979ms to 0ms"},
		{"-1ttl-20ms, 0", -10021 * ms, 0, false, "-1.002ttl to 0.000ttl, that is -10021ms to 0ms"},
	} {
		s := load(t, fmt.Sprintf(`
scenario: signs
title: A range
text: One with a sign.
ttl: 10s
clients: 2
workload:
  withdraw: {}
backends: [redis]
guards: [none]
until: 1ttl
expect:
  - measures: {done-minus-next-grant: [%s]}
    because: it is so
`, c.bounds))
		r := s.Bounds(cellOf(t, "redis", "none"))[0]
		m := check.Measured{Measure: check.DoneMinusNextGrant, Count: 2, Least: c.least.Seconds(), Most: c.most.Seconds()}
		got := r.Show(m, s.TTL)
		if !c.inside {
			got = r.ShowMiss(m, s.TTL)
		}
		if r.Contains(m, s.TTL) != c.inside || got != c.want {
			t.Errorf("[%s]: from %v to %v is inside %t and shown as %s, expected %t, %s", c.bounds, c.least, c.most, r.Contains(m, s.TTL), got, c.inside, c.want)
		}
	}
}

func TestWhatLiesInARangeIsShownInItsUnitToo(t *testing.T) {
	s := load(t, `
scenario: units
title: A range
text: One in milliseconds.
ttl: 10s
clients: 1
workload:
  withdraw: {}
backends: [redis]
guards: [none]
until: 1ttl
expect:
  - measures: {wait: [0s, 5ms], messages: [1, 9]}
    because: it is so
`)
	for i, want := range []string{"0.48ms to 4ms", "2 to 2.5"} {
		r := s.Bounds(cellOf(t, "redis", "none"))[i].Range
		m := check.Measured{Measure: r.Measure, Count: 2, Least: 0.00048, Most: 0.004}
		if r.Measure == check.Messages {
			m.Least, m.Most = 2, 2.5
		}
		if got := r.Show(m, s.TTL); got != want {
			t.Errorf("%s: %s, expected %s", r, got, want)
		}
	}
}
