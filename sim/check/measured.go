package check

import "slices"

// Measured is what a history gives for one measure. It may summarize several values, such as
// those of several leases or waits.
type Measured struct {
	Measure Measure `json:"measure"`
	Count   int     `json:"count"` // how many values were measured; never 0
	Least   float64 `json:"least"`
	Most    float64 `json:"most"`
	// Mean, P50 and P99 are zero if Count is 1, to keep the rows of trials short: the only value
	// is Least. Full fills them in.
	Mean float64 `json:"mean,omitzero"`
	P50  float64 `json:"p50,omitzero"` // half of the values are not above it
	P99  float64 `json:"p99,omitzero"` // 99 of 100 values are not above it; with fewer than 100 it is Most
}

// Full returns m with mean and percentiles filled in, even for a single value.
func (m Measured) Full() Measured {
	if m.Count == 1 {
		m.Mean, m.P50, m.P99 = m.Least, m.Least, m.Least
	}
	return m
}

// measured summarizes values, of which there must be at least one.
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

// percentile returns the lowest value that p in a hundred values do not exceed (the nearest
// rank). It is always one of the measured values, never one in between.
func percentile(sorted []float64, p int) float64 {
	return sorted[(p*len(sorted)+99)/100-1]
}
