package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// adds returns the script least with clients that add elements.
func adds(workload string) string { return strings.Replace(least, "{withdraw: {}}", workload, 1) }

func TestElementsAreAWorkloadWithoutALock(t *testing.T) {
	s, err := Load("test.yaml", []byte(adds("{add: {times: 3, every: 1s, stagger: 2s, think: {uniform: [0s, 1s]}}}")), Everything())
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workload
	if w.Kind != Add || w.Times != 3 || w.Every.In(s.TTL).Seconds() != 1 || w.Stagger.In(s.TTL).Seconds() != 2 || w.ThinkAtLeast == nil {
		t.Errorf("the workload is %+v", w)
	}
	if !slices.Equal(s.Guards, []string{"none"}) {
		t.Errorf("guards are %v, and there is no account to guard", s.Guards)
	}
	if hosts := s.accountHosts(); len(hosts) > 0 {
		t.Errorf("there is an account on %v", hosts)
	}
	for _, name := range s.Backends {
		if name != "redis" && name != "sentinel" {
			t.Errorf("%s is to keep a set", name)
		}
	}
}

// TestWhatElementsCannotHave checks that a script must say nothing about locks and accounts if its
// clients take no lock.
func TestWhatElementsCannotHave(t *testing.T) {
	whole := adds("{add: {}}") + "backends: [redis]\n"
	for _, c := range []struct{ script, want string }{
		{strings.Replace(whole, "backends: [redis]", "backends: [etcd]", 1), "etcd cannot keep a set"},
		{whole + "guards: [cas]\n", "guard cas protects an account"},
		{strings.Replace(whole, "add: {}", "add: {wait: 1s}", 1), "wait"},
		{whole + "client: {1: {discipline: heedless}}\n", "client 1 has settings for a lock"},
		{whole + "client: {1: {ttl: 0.5ttl}}\n", "client 1 has settings for a lock"},
		{whole + "steps: [{on: {client: 1, event: acquired}, do: {pause: {host: client-1, for: 1s}}}]\n", "never records the event acquired"},
		{whole + "steps: [{on: {host: redis-1, event: granted}, do: {pause: {host: client-1, for: 1s}}}]\n", "records no event that a step can wait for"},
		{whole + "steps: [{on: {host: ledger, event: ledger-write}, do: {pause: {host: client-1, for: 1s}}}]\n", "there is no host"},
	} {
		_, err := Load("test.yaml", []byte(c.script), Everything())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v in\n%s", c.want, err, c.script)
		}
	}
}

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
	script := adds("{add: {times: 10, every: 0.1s}}") + "backends: [redis]\nsteps: [{at: 0.55s, do: {crash: {host: redis-1}}}]\n"
	s, err := Load("test.yaml", []byte(script), Everything())
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
	if v := check.Values(h, check.LostShare); len(v) > 0 {
		t.Errorf("a share of %v is lost, and nobody knows", v)
	}
}
