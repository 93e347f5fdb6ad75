package trial

import (
	"fmt"
	"strings"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// scene returns a script around the steps of a fault.
func scene(clients int, steps string) string {
	return fmt.Sprintf(`
scenario: scene
title: A scene
text: A text.
ttl: 10s
clients: %d
workload: {withdraw: {times: 3, think: 0.1ttl}}
backends: [redis]
guards: [cas]
steps:
%s
until: 200ttl
expect: [{lost-update: holds, because: the account compares versions}]
`, clients, steps)
}

// play runs a script with redis and guard cas.
func play(t *testing.T, src string, seed uint64) *sim.History {
	t.Helper()
	s, err := script.Load("test.yaml", []byte(src), script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trials, err := Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: seed, Last: seed}}.Trials([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	h, err := trials[0].Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func count1(h *sim.History, kind sim.Kind) int {
	n := 0
	for _, e := range h.Events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// TestEveryFaultIsProvenAndSurvived checks that wherever a fault strikes, it is proven, the history
// is sane, and the guard that compares versions loses nothing.
func TestEveryFaultIsProvenAndSurvived(t *testing.T) {
	const accountRestarted = "account restarted" // a client that waits for its answer then waits to the end
	for _, c := range []struct{ name, do string }{
		{"holder paused", "pause: {host: holder, for: {uniform: [0, 2ttl]}}"},
		{"all paused", "pause: {host: all, for: 0.3ttl}"},
		{"any suspended", "suspend: {host: any, for: 2ttl}"},
		{"client restarted", "crash: {host: client-1, for: 0.5ttl}"},
		{accountRestarted, "crash: {host: ledger, for: 0.5ttl}"},
		{"wall clock forward", "clock: {host: redis-1, step: 1ttl}"},
		{"wall clock back, then right again", "clock: {host: redis-1, step: -1ttl, for: 1ttl}"},
		{"client's clock forward", "clock: {host: holder, clock: monotonic, step: 1ttl}"},
		{"all clocks fast", "clock: {host: all, clock: monotonic, rate: 1.5, for: 5ttl}"},
		{"parted in groups", "partition: {groups: [[holder, ledger], [redis-1]], for: 2ttl}"},
		{"cut one way", "partition: {from: redis-1, to: all, one-way: true, for: 1ttl}"},
		{"slow link", "delay: {from: holder, to: ledger, by: 2ttl, for: 5ttl}"},
		{"one late message", "hold: {from: [client-1, client-2], to: ledger, by: 2ttl}"},
		{"lossy links", "drop: {from: all, to: [redis-1, ledger], probability: 0.5, for: 5ttl}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(5) {
				h := play(t, scene(3, "  - on: {client: 2, event: acquired}\n    do: {"+c.do+"}"), seed+1)
				for _, p := range []check.Property{check.FaultsHappened, check.RecordingSane, check.LostUpdate} {
					if f := check.One(p, h); f.Verdict != check.Holds {
						t.Errorf("seed %d: %s %s: %s", seed+1, p, f.Verdict, f.Why)
					}
				}
				if n := count1(h, sim.Done); n < 2 || n < 3 && c.name != accountRestarted {
					t.Errorf("seed %d: %d of 3 clients finished", seed+1, n)
				}
			}
		})
	}
}

func TestARestartedClientGoesOnWithWhatItHadNotFinished(t *testing.T) {
	h := play(t, scene(1, "  - on: {client: 1, event: write, nth: 2}\n    do: {crash: {host: client-1, for: 2ttl}}"), 1)
	var asked []string
	for _, e := range h.Events {
		if e.Kind == sim.Acquire {
			asked = append(asked, e.Op)
		}
	}
	if got, want := strings.Join(asked, " "), "client-1/1 client-1/2 client-1/2 client-1/3"; got != want {
		t.Errorf("it asked for the lock for %s, want %s", got, want)
	}
	if count1(h, sim.Done) != 1 {
		t.Error("it never finished")
	}
}

// TestRepeatedRandomFaultsAreTheSameWithTheSameSeed checks that a script may throw random faults at
// everybody, over and over: the same seed throws the same ones, and each is in the history.
func TestRepeatedRandomFaultsAreTheSameWithTheSameSeed(t *testing.T) {
	src := strings.Replace(scene(3, `  - at: 1s
    every: 1ttl
    do: {pause: {host: any, for: {uniform: [0, 0.5ttl]}}}
  - at: 2s
    every: 7s
    times: 3
    do: {clock: {host: any, step: 1s}}`), "times: 3", "times: 30", 1)
	one, again, other := play(t, src, 1), play(t, src, 1), play(t, src, 2)
	if one.Fingerprint() != again.Fingerprint() || one.Fingerprint() == other.Fingerprint() {
		t.Error("the faults do not follow from the seed")
	}
	if all := one.Header.Faults; len(all) != 2 || all[0].Lane() != "pause any" || all[1].Lane() != "clock any wall +1s" {
		t.Errorf("the script has %v in store", all)
	}
	firings := map[int64]bool{}
	for _, e := range one.Events {
		if e.Kind != sim.FaultApplied {
			continue
		}
		if e.Host == "" || firings[e.Firing] || !strings.HasPrefix(e.Note, "any: "+string(e.Host)) {
			t.Errorf("event %d says of firing %d: %s on %q: %s", e.Seq, e.Firing, one.Header.LaneOf(&e), e.Host, e.Note)
		}
		firings[e.Firing] = true
	}
	if len(firings) < 5 {
		t.Errorf("faults happened %d times", len(firings))
	}
}

func TestAHundredClientsTakePart(t *testing.T) {
	h := play(t, strings.ReplaceAll(scene(100, "  - at: 1s\n    do: {partition: {from: [client-7, client-99], to: all, for: 1ttl}}"), "times: 3, think: 0.1ttl", ""), 1)
	if len(h.Header.Clients) != 100 || count1(h, sim.Done) != 100 {
		t.Errorf("%d clients, of which %d finished", len(h.Header.Clients), count1(h, sim.Done))
	}
	for _, p := range []check.Property{check.FaultsHappened, check.RecordingSane, check.LostUpdate} {
		if f := check.One(p, h); f.Verdict != check.Holds {
			t.Errorf("%s %s: %s", p, f.Verdict, f.Why)
		}
	}
}

func TestAFaultWithoutAHostToStrikeLeavesTheTrialUndecided(t *testing.T) {
	for steps, why := range map[string]string{
		"  - at: 0\n    do: {pause: {host: holder, for: 1s}}": "no client holds the lock at this moment",
		"  - at: 0\n    do: {pause: {host: waiter, for: 1s}}": "no client waits for the lock at this moment",
	} {
		f := check.One(check.FaultsHappened, play(t, scene(2, steps), 1))
		if f.Verdict != check.Undecided || !strings.Contains(f.Why, why) {
			t.Errorf("%s: %s, want undecided: %s", f.Verdict, f.Why, why)
		}
	}
}

// TestAFaultOfServersIsRefusedWhereThereAreNone runs a script that names only redis with another
// backend as well.
func TestAFaultOfServersIsRefusedWhereThereAreNone(t *testing.T) {
	trial := Trial{Scenario: loadScript(t, scene(2, "  - at: 1s\n    do: {pause: {host: servers, for: 1s}}")), Guard: "none", Discipline: script.Discipline{Kind: workload.Attentive}, World: sim.VirtualWorld, Seed: 1}
	trial.TTL = trial.Scenario.TTL
	for backend, want := range map[string]string{"redis": "", "none": "scene with none, guard none is not applicable: step 1 targets the lock service's servers, but none has none"} {
		spec, err := services.Registry().ParseSpec(backend)
		if err != nil {
			t.Fatal(err)
		}
		trial.Backend = spec
		switch _, err := trial.Simulate(t.Context()); {
		case want == "" && err != nil, want != "" && (err == nil || err.Error() != want):
			t.Errorf("with %s: got %v, want %q", backend, err, want)
		}
	}
}
