package check

import "slices"

// Measured is what a history gives for one measure. Several things may have been
// measured in it, such as several leases or waits.
type Measured struct {
	Measure Measure `json:"measure"`
	Count   int     `json:"count"` // how many things were measured; never 0
	Least   float64 `json:"least"`
	Most    float64 `json:"most"`
	// Where Count is 1 these are zero, so that the row of a trial stays short: the one value
	// is Least. Full puts it in.
	Mean float64 `json:"mean,omitzero"`
	P50  float64 `json:"p50,omitzero"` // half of all that was measured is not above it
	P99  float64 `json:"p99,omitzero"` // 99 of 100 are not above it; of fewer than 100 it is Most
}

// Full gives the same with mean and percentiles, of a single value too.
func (m Measured) Full() Measured {
	if m.Count == 1 {
		m.Mean, m.P50, m.P99 = m.Least, m.Least, m.Least
	}
	return m
}

// measured puts together what was measured, which is not nothing.
func measured(m Measure, values []float64) Measured {
	sorted := slices.Sorted(slices.Values(values))
	out := Measured{Measure: m, Count: len(sorted), Least: sorted[0], Most: sorted[len(sorted)-1]}
	if out.Count > 1 {
		out.Mean, out.P50, out.P99 = mean(sorted), percentile(sorted, 50), percentile(sorted, 99)
	}
	return out
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// percentile is the lowest value that p in a hundred are not above (the nearest rank): one
// that was measured, never one in between.
func percentile(sorted []float64, p int) float64 {
	return sorted[(p*len(sorted)+99)/100-1]
}
