package trial

import (
	"testing"

	"github.com/locklab/locklab/sim/check"
)

// This test measures what a free lock costs on a quiet network, where a message and its answer take
// slightly more than 0.4 ms. The median wait shows how many rounds of messages follow one another;
// the number of messages also counts those sent in parallel.
func TestWhatAFreeLockCosts(t *testing.T) {
	for _, c := range []struct {
		backend          string
		least, most      float64 // median wait, ms
		messages, atMost float64 // sent by the client for each time it gets the lock
	}{
		{"redis", 0.4, 0.6, 2, 2},               // one round trip
		{"redis+elapsed-check", 0.4, 0.6, 2, 2}, // reading the clock is free
		{"sentinel", 0.4, 0.6, 2, 2.1},          // the master is looked up once
		{"redlock", 0.4, 0.8, 10, 10},           // the slowest of five parallel round trips
		{"redlock-redsync", 0.4, 0.8, 10, 10},   //
		{"redlock-reference", 2, 3, 10, 10},     // five round trips
		{"etcd", 0.8, 2, 2, 2.2},                // client to member to leader to majority
		{"zookeeper", 1.2, 2.5, 3, 3.2},         // the same for the node, then a read of the queue
		{"sentinel+wait=1", 10, 13, 3, 3.1},     // the replica lags a thousandth of a lease
		{"perfect", 0.4, 0.6, 2, 2},             //
	} {
		t.Run(c.backend, func(t *testing.T) {
			trial := one(t, "uncontended", c.backend, "none")
			r := trial.Judge(simulated(t, trial))
			wait, _ := r.Measured(check.Wait)
			if ms := 1000 * wait.P50; wait.Count != 50 || ms < c.least || ms > c.most {
				t.Errorf("the median of %d waits is %.3f ms, want 50 and %g to %g ms", wait.Count, ms, c.least, c.most)
			}
			if m, _ := r.Measured(check.Messages); m.Least < c.messages || m.Most > c.atMost {
				t.Errorf("%g messages for each time, want %g to %g", m.Least, c.messages, c.atMost)
			}
		})
	}
}
