package trial

import (
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/sim"
)

// A live trial relies on the shortest of the times that its script, its lock and its lease ask for.
func TestATrialReliesOnTheShortestTimeThatItsScriptOrItsLockAsksFor(t *testing.T) {
	with := func(steps, work string) string {
		return strings.NewReplacer("until", "backends: [redis, redlock]\nsteps:\n"+steps+"\nuntil", "{withdraw: {}}", "{withdraw: {"+work+"}}").Replace(scripttest.Least)
	}
	pause := func(when, long string) string {
		return "  - {" + when + ", do: {pause: {host: ledger, for: " + long + "}}}\n"
	}
	read := "on: {client: 1, event: read}"
	lease := "a tenth of the lease (200ms)"
	for _, c := range []struct{ script, backend, of string }{
		{scripttest.Least, "redis", lease},
		{scripttest.Least, "redis+timeout=0.03ttl", "timeout (60ms)"},
		{scripttest.Least, "redlock+node-timeout=30ms", "node-timeout (30ms)"},
		{scripttest.Least, "redlock-redsync", lease}, // its connection pool accepts late answers
		{scripttest.Least, "redlock-redsync+context-timeout", "node-timeout (100ms)"},
		{scripttest.Least, "redis-redislock+pool-read=30ms", "pool-read (30ms)"},
		{scripttest.Least, "lib/redsync", lease},
		{scripttest.Least, "lib/redislock", lease},
		{with(pause("at: 0.01ttl", "0.5ttl"), ""), "redis", lease},
		{with(pause(read, "0.5ttl"), ""), "redis", lease},
		{with(pause(read+", after: 0.02ttl", "0.5ttl"), ""), "redis", "the time from an event to a step (40ms)"},
		{with(pause("at: 1ttl", "0.1ttl")+pause("at: 1.01ttl", "0.1ttl"), ""), "redis", "the time between two steps (20ms)"},
		{with(pause("at: 1ttl", "0.1ttl")+pause(read, "0.1ttl"), ""), "redis", lease},
		{with(pause(read, "1.02ttl"), ""), "redis", "the margin between a length in a step and the nearest whole lease (40ms)"},
		{with(pause(read, "0.02ttl"), ""), "redis", lease},
		{with(pause(read, "2ttl"), "think: 0.96ttl"), "redis", "the margin between the work and the nearest whole lease (80ms)"},
		{with(pause(read, "2ttl"), "think: 1ttl"), "redis", lease},
	} {
		s, err := script.Load("test.yaml", []byte(c.script), script.Everything())
		if err != nil {
			t.Fatal(err)
		}
		trial := Trial{Scenario: s, Backend: specOf(t, c.backend), Guard: "none", World: sim.LiveWorld, TTL: 2 * time.Second}
		setup, err := trial.setup()
		if err != nil {
			t.Fatal(err)
		}
		p := trial.pace(setup)
		if p.Of != c.of || !strings.Contains(p.Of, p.Margin.String()) {
			t.Errorf("%s, %s: relies on %s, %v, want %s", c.script, c.backend, p.Of, p.Margin, c.of)
		}
	}
}

// Most machines are too slow to judge a script that relies on less than a twentieth of its lease,
// so every built-in script must leave more time. Half a second is enough, however long the lease.
func TestBuiltInScriptsLeaveALiveMachineTime(t *testing.T) {
	trials := liveTrials(t)
	if len(trials) < 400 {
		t.Errorf("there are only %d live trials", len(trials))
	}
	for _, trial := range trials {
		if trial.Scenario.VirtualOnly != "" || trial.NotApplicable() != nil {
			continue
		}
		c, err := trial.setup()
		if err != nil {
			t.Fatal(err)
		}
		if p := trial.pace(c); p.Margin < min(trial.TTL/20, 500*time.Millisecond) {
			t.Errorf("%s relies on %s", trial.Cell(), p.Of)
		}
	}
}

// A script's live lease applies to its live trials and to virtual trials compared with them.
func TestAScriptMayHaveALongerLeaseInTheLiveWorld(t *testing.T) {
	s, err := script.Load("test.yaml", []byte(strings.Replace(scripttest.Least, "ttl: 2s", "ttl: 10s\nlive-ttl: 4s\nbackends: [redis]", 1)), script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	seeds := outcome.Seeds{First: 1, Last: 1}
	for _, c := range []struct {
		sel  Selection
		want time.Duration
	}{
		{Selection{World: sim.LiveWorld, Seeds: seeds}, 4 * time.Second},
		{Selection{World: sim.VirtualWorld, Seeds: seeds}, 10 * time.Second},
		{Selection{World: sim.VirtualWorld, Seeds: seeds, AsLive: true}, 10 * time.Second},
		{Selection{World: sim.LiveWorld, Seeds: seeds, TTL: time.Second}, time.Second},
	} {
		trials, err := c.sel.Trials([]*script.Scenario{s})
		if err != nil || len(trials) == 0 || trials[0].TTL != c.want {
			t.Errorf("%+v: %v, %v, want a lease of %v", c.sel, trials, err, c.want)
		}
	}
	both, err := Selection{Seeds: seeds}.InBothWorlds([]*script.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	for trial := range both.All() {
		if trial.TTL != 4*time.Second {
			t.Errorf("%s in the %s world has a lease of %v beside the other world", trial.Cell(), trial.World, trial.TTL)
		}
	}
}

// liveTrials returns the live trials of all built-in scenarios, with one seed.
func liveTrials(t *testing.T) []Trial {
	t.Helper()
	all := builtin(t)
	trials, err := Selection{World: sim.LiveWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		t.Fatal(err)
	}
	return trials
}
