package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// ownScript loads a script with three clients and locklab's own backends. own is its client mapping,
// and rest is added to the script.
func ownScript(t *testing.T, own, rest string) (*script.Scenario, error) {
	t.Helper()
	return script.Load("own.yaml", scripttest.Own(own, rest), script.Everything())
}

func ownTrial(t *testing.T, own, backend string) Trial {
	t.Helper()
	s, err := ownScript(t, own, "backends: ["+backend+"]\n")
	scripttest.Must(t, err)
	trials, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
	scripttest.Must(t, err)
	return trials[0]
}

// A client with its own lease is told a deadline of its own; the other clients' deadlines stay the
// same.
func TestAClientHasALeaseOfItsOwn(t *testing.T) {
	for _, backend := range []string{"redis+elapsed-check", "redlock", "sentinel+elapsed-check", "perfect"} {
		h := simulated(t, ownTrial(t, "{2: {ttl: 0.4ttl}}", backend))
		for i, want := range []time.Duration{10 * time.Second, 4 * time.Second, 10 * time.Second} {
			for _, e := range h.Events {
				if e.Kind != sim.Acquired || e.Host != sim.ClientID(i) {
					continue
				}
				if left := e.Until - e.At; left > want || left < want*9/10 {
					t.Errorf("%s with %s has a lease of %v, want %v", e.Host, backend, left, want)
				}
			}
		}
	}
}

// The death of the holder shows which lease the service applies: the lock becomes free when the
// holder's own lease ends, not when another client's would.
func TestTheServiceEndsTheLeaseOfEachClientByItself(t *testing.T) {
	for _, backend := range []string{"redis", "redlock", "sentinel", "perfect", "etcd", "zookeeper"} {
		s, err := ownScript(t, "{1: {ttl: 0.5ttl}}", "backends: ["+backend+"]\nsteps:\n  - on: {client: 1, event: read}\n    do: {crash: {host: client-1}}\n")
		scripttest.Must(t, err)
		trials, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials([]*script.Scenario{s})
		scripttest.Must(t, err)
		m, ok := trials[0].Judge(simulated(t, trials[0])).Measured("next-grant")
		if !ok || m.Least < 4 || m.Most > 8 {
			t.Errorf("with %s the next client gets the lock after %v to %v s, %t; want about 5", backend, m.Least, m.Most, ok)
		}
	}
}

func TestAClientHasWorkOfItsOwn(t *testing.T) {
	h := simulated(t, ownTrial(t, "{1: {think: 2s, times: 4}, 3: {discipline: heedless, wait: 100ms}}", "redis"))
	writes, looks := map[sim.HostID]int{}, map[sim.HostID]int{}
	var read time.Duration
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Read:
			read = e.At
		case sim.Write:
			writes[e.Host]++
			if want := map[sim.HostID]time.Duration{"client-1": 2 * time.Second, "client-2": time.Second}[e.Host]; want > 0 && e.At-read != want {
				t.Errorf("%s works for %v, want %v", e.Host, e.At-read, want)
			}
		case sim.Check:
			looks[e.Host]++
		case sim.NotAcquired:
			if e.Host != "client-3" {
				t.Errorf("%s gives up", e.Host)
			}
		}
	}
	if writes["client-1"] != 4 || writes["client-2"] != 1 || looks["client-1"] != 4 || looks["client-3"] != 0 {
		t.Errorf("writes %v, looks at the deadline %v", writes, looks)
	}
}

// A client's own option overrides those of the backend and the scenario, and only for that client.
func TestOptionsOfAClientAreItsOwn(t *testing.T) {
	trial := ownTrial(t, "{2: {lock: {renew: off, timeout: 1s}}}", "redis+renew+timeout=2s")
	s, err := trial.settings()
	scripttest.Must(t, err)
	for i, want := range []struct {
		renew   bool
		timeout time.Duration
	}{{true, 2 * time.Second}, {false, time.Second}, {true, 2 * time.Second}} {
		own := s.Of(sim.ClientID(i))
		if own.On("renew") != want.renew || own.Span("timeout") != want.timeout {
			t.Errorf("%s has %q, want renew %t and timeout %v", sim.ClientID(i), own.List(), want.renew, want.timeout)
		}
	}
	if trial.Backend.String() != "redis+renew+timeout=2s" {
		t.Errorf("the cell is called %s", trial.Backend)
	}
}

// A length that the script writes in leases uses the scenario's lease. An option's default uses the
// lease of the lock itself.
func TestALeaseIsTheScenariosWhereverTheScriptSaysTTL(t *testing.T) {
	trial := ownTrial(t, "{2: {ttl: 0.5ttl, lock: {timeout: 0.3ttl}}, 3: {ttl: 20s}}", "redlock+node-timeout=0.01ttl+drift=0.02ttl, redis")
	s, err := trial.settings()
	scripttest.Must(t, err)
	if got := s.Of("client-2").Span("drift"); got != 200*time.Millisecond {
		t.Errorf("drift=0.02ttl of the spec is %v for client 2, want 0.02 × 10s", got)
	}
	if got := s.Of("client-3").Span("retry"); got != 200*time.Millisecond {
		t.Errorf("the default retry is %v for client 3, want 0.01 of its own 20s", got)
	}
	redis, err := trial.Scenario.OwnOf(1).Settings(specOf(t, "redis"), trial.TTL, false)
	scripttest.Must(t, err)
	if got := redis.Span("timeout"); got != 3*time.Second {
		t.Errorf("timeout: 0.3ttl of client 2 is %v, want 0.3 × 10s", got)
	}
}

func TestTheHistorySaysWhatAClientHadOtherwise(t *testing.T) {
	h := simulated(t, ownTrial(t, "{2: {ttl: 0.4ttl, discipline: heedless, lock: {renew: on}}}", "redis"))
	if n := len(h.Header.Own); n != 1 {
		t.Fatalf("%d clients, want one", n)
	}
	own := h.Header.Own[0]
	if own.Client != "client-2" || own.TTL != 4*time.Second || own.Discipline != "heedless" || !slices.Contains(own.Options, "renew=on") || slices.Contains(h.Header.Options, "renew=on") {
		t.Errorf("%+v, and of the others %q", own, h.Header.Options)
	}
}
