package virtual

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// sleepers is the number of processes that sleep at once in the benchmarks: as many as a large
// trial has.
const sleepers = 100

// waits are the sleeping times. They are random, so that the queue has to sort.
var waits = func() (list [1024]time.Duration) {
	random := sim.NewRandom(1, "waits")
	for i := range list {
		list[i] = time.Duration(1 + random.Uint64()%(2*sleepers))
	}
	return list
}()

// BenchmarkBareHeap is the minimum that an event queue must do: take out the first entry and put
// it back later. BenchmarkWakeUp in the same run shows what a process costs on top.
func BenchmarkBareHeap(b *testing.B) {
	var q queue
	fill(&q)
	b.ReportAllocs()
	b.ResetTimer()
	turn(&q, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// fill pushes one timer per sleeper.
func fill(q *queue) {
	for i := range sleepers {
		q.push(int64(i), &timer{place: nowhere})
	}
}

// turn pops the first entry and pushes it back later, n times.
func turn(q *queue, n int) {
	for i := range n {
		e := q.pop()
		q.push(e.at+int64(waits[i%len(waits)]), e.timer)
	}
}

// BenchmarkWakeUp wakes sleeping processes: pop, switch to the process and back, push. "×heap"
// is its cost in units of the bare heap loop, measured right after it.
func BenchmarkWakeUp(b *testing.B) {
	w := New(1)
	defer w.Close()
	h := w.AddHost("a")
	left := b.N
	for i := range sleepers {
		h.Go("sleeper", func(h sim.Host) {
			h.Sleep(time.Duration(i))
			for {
				if left--; left == 0 {
					w.Stop("done")
				}
				h.Sleep(waits[left%len(waits)])
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := w.Run(sim.Forever - 1); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")

	var q queue
	fill(&q)
	start := time.Now()
	turn(&q, b.N)
	b.ReportMetric(b.Elapsed().Seconds()/time.Since(start).Seconds(), "×heap")
}

// BenchmarkCall measures a request over the network and its reply.
func BenchmarkCall(b *testing.B) {
	w := New(1)
	defer w.Close()
	client, server := w.AddHost("client"), w.AddHost("server")
	server.Serve(func(_ sim.HostID, request any) any { return request })
	client.Go("calls", func(sim.Host) {
		for range b.N {
			if _, err := client.Send("server", nil).Wait(time.Second); err != nil {
				b.Error(err)
			}
		}
		w.Stop("done")
	})
	b.ReportAllocs()
	b.ResetTimer()
	if err := w.Run(sim.Forever - 1); err != nil {
		b.Fatal(err)
	}
}
