package trial

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// TestWhetherACellIsApplicableIsKnownBeforeItRuns checks that a cell that lacks something the
// script needs is refused with the reason, and that everything else can be run.
func TestWhetherACellIsApplicableIsKnownBeforeItRuns(t *testing.T) {
	with := func(steps string) string {
		return strings.Replace(scripttest.Least, "until", "backends: [none, perfect, redis]\nsteps:\n"+steps+"\nuntil", 1)
	}
	pause := func(host string) string {
		return with("  - {at: 1s, do: {pause: {host: " + host + ", for: 1s}}}")
	}
	on := func(event string) string {
		return with("  - {on: {client: 1, event: " + event + "}, do: {pause: {host: client-1, for: 1s}}}")
	}
	for _, c := range []struct{ script, backend, guard, discipline, why string }{
		{scripttest.Least, "redis", "fence-all", "attentive", ""},
		{scripttest.Least, "redlock+nodes=3", "fence-all", "attentive", "guard fence-all needs fencing tokens, but redlock issues none"},
		{pause("leader"), "etcd", "none", "attentive", ""},
		{pause("leader"), "redlock-redsync+nodes=3+renew", "none", "attentive", "step 1 targets the lock service's leader, but redlock-redsync+nodes=3+renew never has one"},
		{pause("minority"), "etcd", "none", "attentive", ""},
		{pause("minority"), "etcd+nodes=1", "none", "attentive", "step 1 targets the lock service's minority, but etcd+nodes=1 never has one"},
		{pause("replica"), "sentinel", "none", "attentive", ""},
		{pause("few"), "redlock", "none", "attentive", ""},
		{pause("few"), "redis", "none", "attentive", "step 1 targets a minority of the lock service (few), but redis is too small to have one"},
		{on("renewed"), "redis+renew", "none", "attentive", ""},
		{on("renewed"), "redis", "none", "attentive", "step 1 waits for the event renewed, which never occurs with redis"},
		{on("renewed"), "zookeeper+give-up-at=expired", "none", "attentive", "step 1 waits for the event renewed, which never occurs with zookeeper+give-up-at=expired"},
		{on("check"), "redis", "none", "late=1s", ""},
		{on("check"), "redis", "none", "heedless", "step 1 waits for the event check, which a client with discipline heedless never records"},
	} {
		known := strings.Contains(c.script, "renewed") || strings.Contains(c.script, "leader") || strings.Contains(c.script, "minority") || strings.Contains(c.script, "replica") || strings.Contains(c.script, "few")
		if known { // the script has to make sense with one of its own cells
			c.script = strings.Replace(c.script, "[none, perfect, redis]", "[redis+renew, sentinel, etcd, redlock]", 1)
		}
		s, err := script.Load("test.yaml", []byte(c.script), script.Everything())
		if err != nil {
			t.Fatal(err)
		}
		d, err := script.ParseDiscipline(c.discipline)
		if err != nil {
			t.Fatal(err)
		}
		trial := Trial{Scenario: s, Backend: specOf(t, c.backend), Guard: ledger.Guard(c.guard), Discipline: d, World: sim.VirtualWorld, Seed: 1, TTL: s.TTL}
		why := ""
		if err := trial.NotApplicable(); err != nil {
			why = err.Error()
		}
		if why != c.why {
			t.Errorf("%s, %s, %s: %q, want %q", c.backend, c.guard, c.discipline, why, c.why)
		}
		if _, err := trial.Simulate(t.Context()); (err == nil) != (c.why == "") {
			t.Errorf("%s, %s, %s runs with error %v", c.backend, c.guard, c.discipline, err)
		}
	}
}

// TestServicesDoNotRecordWhatTheySayNeverOccurs checks this over the whole suite.
func TestServicesDoNotRecordWhatTheySayNeverOccurs(t *testing.T) {
	for _, j := range suite(t).judged {
		trial := j.Trial
		if trial.NotApplicable() != nil {
			continue
		}
		settings, err := trial.settings()
		if err != nil {
			t.Fatal(err)
		}
		never := trial.Backend.Backend.Never(settings)
		for _, e := range j.History.Events {
			if slices.Contains(never, e.Kind) {
				t.Fatalf("%s records %s, which it says never occurs", trial.Cell(), e.Kind)
			}
		}
	}
}

// TestPartsArePlayedByTheServiceThatSaysSo checks the roles that a script can ask a service for.
func TestPartsArePlayedByTheServiceThatSaysSo(t *testing.T) {
	for _, name := range []string{"none", "perfect", "redis", "redlock", "sentinel", "etcd", "zookeeper"} {
		s := specOf(t, name)
		settings, err := s.Settings(10*time.Second, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range []sim.Role{sim.Leader, sim.Master, sim.Replica, sim.Majority, sim.Minority} {
			src := strings.Replace(scripttest.Least, "until", "backends: [etcd, sentinel]\nsteps:\n  - {at: 1s, do: {pause: {host: "+string(role)+", for: 0.5s}}}\nuntil", 1)
			one, err := script.Load("test.yaml", []byte(strings.Replace(src, "{withdraw: {}}", "{withdraw: {think: 1ttl}}", 1)), script.Everything())
			if err != nil {
				t.Fatal(err)
			}
			h, err := (Trial{Scenario: one, Backend: s, Guard: "none", Discipline: script.Discipline{Kind: workload.Attentive}, World: sim.VirtualWorld, Seed: 1, TTL: 10 * time.Second}).Simulate(t.Context())
			if says := slices.Contains(s.Backend.Parts(settings), role); says != (err == nil) {
				t.Errorf("%s says of the role %s %t, and running it gives %v", name, role, says, err)
			} else if says && !slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.FaultProven }) {
				t.Errorf("nobody plays %s in %s", role, name)
			}
		}
	}
}

func TestAStepThatCanNeverHappenUnderThisLeaseSaysSo(t *testing.T) {
	src := strings.Replace(scripttest.Least, "until: 4ttl", "backends: [redis]\nsteps:\n  - {at: 30s, do: {pause: {host: client-1, for: 1s}}}\nuntil: 4ttl", 1)
	s, err := script.Load("test.yaml", []byte(strings.Replace(src, "ttl: 2s", "ttl: 45s", 1)), script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	trial := Trial{Scenario: s, Backend: backends.Spec{Backend: services.Registry()[2]}, Guard: "none", Discipline: script.Discipline{Kind: workload.Attentive}, World: sim.VirtualWorld, Seed: 1, TTL: 2 * time.Second}
	const want = "step 1 can never happen (at: 30s): with a lease of 2s instead of the script's 45s, the trial ends at 8s (until: 4ttl)"
	if why := trial.NotApplicable(); why == nil || why.Error() != want {
		t.Errorf("it says %v, want %s", why, want)
	}
}
