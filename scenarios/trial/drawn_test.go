package trial

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// drawnWork returns, by operation, how long the history says that the client was to work.
func drawnWork(t *testing.T, h *sim.History) map[string]string {
	t.Helper()
	work := map[string]string{}
	for _, e := range h.Events {
		if e.Kind == sim.Read {
			work[e.Op] = e.Note
		}
	}
	return work
}

func drawn(t *testing.T, backend string, seed uint64) (Trial, *sim.History) {
	t.Helper()
	trials, err := Selection{Backends: []string{backend}, World: sim.VirtualWorld, Seeds: outcome.Seeds{First: seed, Last: seed}}.Trials([]*script.Scenario{loadScript(t, scripttest.Drawn)})
	scripttest.Must(t, err)
	return trials[0], simulated(t, trials[0])
}

// TestAClientWorksForAsLongAsWasDrawn checks that the history says what was drawn and that the
// client does it.
func TestAClientWorksForAsLongAsWasDrawn(t *testing.T) {
	_, h := drawn(t, "redis", 7)
	read := map[string]sim.Event{}
	seen := map[time.Duration]bool{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Read:
			read[e.Op] = e
		case sim.Write:
			long := e.At - read[e.Op].At
			if want := "drawn: works for " + long.String(); read[e.Op].Note != want {
				t.Errorf("%s works for %v, and the history says %q", e.Op, long, read[e.Op].Note)
			}
			if long < 100*time.Millisecond || long > time.Second {
				t.Errorf("%s works for %v, which is not between 100ms and half a lease", e.Op, long)
			}
			seen[long] = true
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d lengths were drawn for 12 withdrawals", len(seen))
	}
}

// TestTheSameSeedDrawsTheSameWorkWhateverTheLock checks that a draw belongs to the seed and the
// withdrawal. Another lock makes clients draw other numbers for other things but changes nothing
// here; another seed changes everything.
func TestTheSameSeedDrawsTheSameWorkWhateverTheLock(t *testing.T) {
	_, one := drawn(t, "redis", 7)
	_, other := drawn(t, "none", 7)
	_, third := drawn(t, "redis", 8)
	for op, work := range drawnWork(t, one) {
		if again := drawnWork(t, other)[op]; again != work {
			t.Errorf("%s: %q with redis, %q without a lock", op, work, again)
		}
		if drawnWork(t, third)[op] == work {
			t.Errorf("%s: %q with two seeds", op, work)
		}
	}
}

// TestALiveClientDrawsTheSameWork checks that a plan survives JSON, which is how a client's process
// is told its plan in the live world.
func TestALiveClientDrawsTheSameWork(t *testing.T) {
	trial, h := drawn(t, "redis", 7)
	for i, client := range h.Header.Clients {
		text, err := json.Marshal(trial.plan(i))
		scripttest.Must(t, err)
		var p workload.Plan
		scripttest.Must(t, json.Unmarshal(text, &p))
		op := string(client) + "/2"
		if _, note := p.WorkOn(op); note != drawnWork(t, h)[op] || note == "" {
			t.Errorf("%s: %q live, %q in the virtual world", op, note, drawnWork(t, h)[op])
		}
	}
}

func TestClientsBeginAtTimesThatAreDrawn(t *testing.T) {
	trial, h := drawn(t, "redis", 7)
	var before time.Duration
	for i, client := range h.Header.Clients {
		start := beginnings(h, client)[0]
		if start != trial.plan(i).Start || start < before || start > before+300*time.Millisecond || i > 0 && start == before {
			t.Errorf("%s begins at %v, and the one before at %v", client, start, before)
		}
		before = start
	}
}
