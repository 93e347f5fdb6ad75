package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// beginnings lists the times at which a client began to ask for the lock.
func beginnings(h *sim.History, client sim.HostID) (times []time.Duration) {
	for _, e := range h.Events {
		if e.Host == client && e.Kind == sim.Acquire {
			times = append(times, e.At)
		}
	}
	return times
}

// TestHowOftenAClientAsksDoesNotDependOnWhatItGets checks that a client that is turned away asks as
// often as one that is served. Otherwise a share of attempts would mean nothing.
func TestHowOftenAClientAsksDoesNotDependOnWhatItGets(t *testing.T) {
	trial := one(t, "partition-sides", "redlock", "none")
	every := trial.Scenario.Workload.Every.In(trial.TTL)
	h := simulated(t, trial)
	for i, client := range h.Header.Clients {
		start := time.Duration(i) * h.Header.TTL / 500
		for n, at := range beginnings(h, client) {
			if want := start + time.Duration(n)*every; at != want {
				t.Errorf("%s asks for the %s time at %v, want %v", client, trace.Ordinal(n+1), at, want)
			}
		}
		if n := len(beginnings(h, client)); n != 18 {
			t.Errorf("%s asks %d times, want 18", client, n)
		}
	}
}

func TestAClientThatIsLateLeavesTurnsOut(t *testing.T) {
	trial := one(t, "uncontended", "none", "none")
	slow := *trial.Scenario
	slow.Workload.Times = 3
	slow.Workload.Think, slow.Workload.Every = sim.MustSpan("70ms"), sim.MustSpan("50ms")
	trial.Scenario = &slow
	want := []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond}
	if got := beginnings(simulated(t, trial), "client-1"); !slices.Equal(got, want) {
		t.Errorf("it asks at %v, want %v", got, want)
	}
}
