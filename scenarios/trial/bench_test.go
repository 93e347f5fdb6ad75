package trial

import (
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
)

// BenchmarkTrial simulates the flagship scenario with each lock service.
func BenchmarkTrial(b *testing.B) {
	for _, service := range []string{"none", "perfect", "redis", "sentinel", "redlock", "etcd", "zookeeper"} {
		b.Run(service, func(b *testing.B) {
			trial := one(b, "gc-pause", service, "none")
			b.ReportAllocs()
			for i := range b.N {
				trial.Seed = uint64(i)
				if _, err := trial.Simulate(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "trials/s")
		})
	}
}

// BenchmarkEveryCell simulates one trial of every cell, and judges it.
func BenchmarkEveryCell(b *testing.B) {
	trials := virtualTrials(b, outcome.Seeds{First: 1, Last: 1})
	judged := func(b *testing.B, judge bool) {
		b.ReportAllocs()
		for b.Loop() {
			for _, trial := range trials {
				h, err := trial.Simulate(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				if judge {
					trial.Judge(h)
				}
			}
		}
		b.ReportMetric(float64(b.N*len(trials))/b.Elapsed().Seconds(), "trials/s")
	}
	b.Run("simulated", func(b *testing.B) { judged(b, false) })
	b.Run("judged", func(b *testing.B) { judged(b, true) })
}
