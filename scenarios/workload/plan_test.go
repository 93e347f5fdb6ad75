package workload

import (
	"slices"
	"testing"
	"time"
)

// TestDrawsAreEven checks that over many draws all parts of the range come up, and nothing outside
// it.
func TestDrawsAreEven(t *testing.T) {
	p := Plan{Think: 10 * time.Second, ThinkAtLeast: new(time.Duration)}
	var tenth [10]int
	var all []time.Duration
	for seed := range uint64(10_000) {
		p.Seed = seed
		long, _ := p.WorkOn("client-1/1")
		tenth[min(9, int(long/time.Second))]++
		all = append(all, long)
	}
	if slices.Min(all) < 0 || slices.Max(all) > p.Think || slices.Min(tenth[:]) < 850 || slices.Max(tenth[:]) > 1150 {
		t.Errorf("from %v to %v, %v in the tenths of the range", slices.Min(all), slices.Max(all), tenth)
	}
}
