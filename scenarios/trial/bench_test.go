package trial

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/bareheap"
)

// turnsMeasured is how often the bare heap loop is run to learn what one time costs now.
const turnsMeasured = 2_000_000

// inTurns reports what one of n things took, in units of the bare heap loop.
func inTurns(b *testing.B, n int) {
	b.StopTimer()
	each := float64(b.Elapsed()) / float64(n)
	b.ReportMetric(each/float64(bareheap.Turn(turnsMeasured)), "×heap")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "trials/s")
}

// BenchmarkTrial simulates the flagship scenario with each lock service.
func BenchmarkTrial(b *testing.B) {
	for _, service := range []string{"none", "perfect", "redis", "sentinel", "redlock", "etcd", "zookeeper"} {
		b.Run(service, func(b *testing.B) {
			trial := one(b, "gc-pause", service, "none")
			b.ReportAllocs()
			events := 0
			for i := range b.N {
				trial.Seed = uint64(i)
				h, err := trial.Simulate(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				events += len(h.Events)
			}
			inTurns(b, b.N)
			b.ReportMetric(float64(events)/float64(b.N), "events/trial")
		})
	}
}

// BenchmarkEveryCell simulates one trial of every cell, and judges it.
func BenchmarkEveryCell(b *testing.B) {
	trials := virtualTrials(b, outcome.Seeds{First: 1, Last: 1})
	judged := func(b *testing.B, judge bool) {
		b.ReportAllocs()
		for range b.N {
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
		inTurns(b, b.N*len(trials))
	}
	b.Run("simulated", func(b *testing.B) { judged(b, false) })
	b.Run("judged", func(b *testing.B) { judged(b, true) })
}

// BenchmarkProcessors runs and judges one trial of every cell, on one processor and on two.
func BenchmarkProcessors(b *testing.B) {
	trials := virtualTrials(b, outcome.Seeds{First: 1, Last: 1})
	for _, processors := range []int{1, 2} {
		b.Run(fmt.Sprintf("processors=%d", processors), func(b *testing.B) {
			if processors > runtime.NumCPU() {
				b.Skipf("this machine has %d", runtime.NumCPU())
			}
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			labs := NewLabs(processors)
			start := time.Now()
			for range b.N {
				err := RunAll(context.Background(), slices.Values(trials), processors, labs.Run, func(Judged) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(trials))/time.Since(start).Seconds(), "trials/s")
		})
	}
}
