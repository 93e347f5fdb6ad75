package trial

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// TestAServiceWithoutSetsIsNotApplicable checks that a cell the script does not name can be asked
// for, and that the refusal gives the reason.
func TestAServiceWithoutSetsIsNotApplicable(t *testing.T) {
	for backend, want := range map[string]string{
		"etcd": "etcd cannot keep a set", "zookeeper": "zookeeper cannot keep a set", "perfect": "perfect cannot keep a set",
		"redlock": "redlock cannot keep a set", "redis-redislock": "redis-redislock cannot keep a set", "none": "none cannot keep a set",
	} {
		why := one(t, "set-after-crash", backend, "none").NotApplicable()
		if why == nil || !strings.Contains(why.Error(), want) {
			t.Errorf("%s: %v, want %q", backend, why, want)
		}
	}
	trial := one(t, "set-after-crash", "redis", "none")
	trial.Guard = ledger.CAS
	if why := trial.NotApplicable(); why == nil || !strings.Contains(why.Error(), "guard cas protects an account") {
		t.Errorf("with a guard: %v", why)
	}
}

// kinds counts the events of each kind.
func kinds(h *sim.History) map[sim.Kind]int {
	n := map[sim.Kind]int{}
	for _, e := range h.Events {
		n[e.Kind]++
	}
	return n
}

// TestAHistoryOfElementsIsWhole checks that every element gets one answer, that no client asks for
// a lock, and that the set is read after everything else.
func TestAHistoryOfElementsIsWhole(t *testing.T) {
	h := simulated(t, one(t, "set-in-redis", "sentinel+replicas=4", "none"))
	n := kinds(h)
	if n[sim.Add] != 500 || n[sim.Added]+n[sim.AddRefused]+n[sim.AddUnknown] != n[sim.Add] {
		t.Errorf("%d elements, of which %d were acknowledged, %d refused and %d neither", n[sim.Add], n[sim.Added], n[sim.AddRefused], n[sim.AddUnknown])
	}
	if n[sim.Acquire]+n[sim.Granted]+n[sim.LedgerOpened] > 0 || h.Header.Ledger != "" {
		t.Errorf("there is a lock or an account: %v, ledger %q", n, h.Header.Ledger)
	}
	last := h.Events[len(h.Events)-2:]
	if last[0].Kind != sim.SetRead || last[1].Kind != sim.End || last[0].At != last[1].At || last[1].Note != sim.TimeUp {
		t.Errorf("the history ends with %+v", last)
	}
	if last[0].Host == "redis-master" || n[sim.InSet] == 0 {
		t.Errorf("the set of %s has %d elements, want that of the new master", last[0].Host, n[sim.InSet])
	}
}

// TestWithTooFewReplicasAnElementIsNotAcknowledged checks that with WAIT for a majority, the old
// master keeps taking elements, but these count as not acknowledged.
func TestWithTooFewReplicasAnElementIsNotAcknowledged(t *testing.T) {
	h := simulated(t, one(t, "set-split-servers", "sentinel+replicas=4+wait=2", "none"))
	split := false
	unknown := 0
	for _, e := range h.Events {
		switch e.Kind {
		case sim.FaultApplied:
			split = true
		case sim.FaultUndone:
			split = false
		case sim.Added:
			if split && e.At > 11200*1e6 {
				t.Fatalf("%s was acknowledged at %v, in the split", e.Op, e.At)
			}
		case sim.AddUnknown:
			unknown++
			if !strings.Contains(e.Note, "1 of 2 replicas have it") {
				t.Fatalf("%s: %q", e.Op, e.Note)
			}
		}
	}
	if unknown < 100 {
		t.Errorf("%d elements were not acknowledged", unknown)
	}
}

// TestWithoutAMasterNothingIsJudged checks a trial that ends while the master is down and there is
// no new one. The set that counts is the one that somebody can name; here nobody can, so nothing is
// judged.
func TestWithoutAMasterNothingIsJudged(t *testing.T) {
	text := strings.Replace(scripttest.Least, "{withdraw: {}}", "{add: {times: 10, every: 0.1s}}", 1) + "backends: [redis]\nsteps: [{at: 0.55s, do: {crash: {host: redis-1}}}]\n"
	s, err := script.Load("test.yaml", []byte(text), script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trial := one(t, "set-after-crash", "redis", "none")
	trial.Scenario, trial.TTL = s, s.TTL
	h := simulated(t, trial)
	if n := kinds(h); n[sim.SetRead] > 0 || n[sim.Added] == 0 {
		t.Errorf("the events are %v", n)
	}
	if f := check.One(check.LostUpdate, h); f.Verdict != check.Undecided || f.Why != "nobody could read the set when the trial was over" {
		t.Errorf("%+v", f)
	}
	if v := check.Values(trace.Read(h), check.LostShare); len(v) > 0 {
		t.Errorf("a share of %v is lost, and nobody knows", v)
	}
}
