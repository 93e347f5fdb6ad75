package trial

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/internal/scripttest"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/audit"
	"github.com/locklab/locklab/sim/check"
)

func TestWhoCanHaveAnAccountInTheLockService(t *testing.T) {
	own := scripttest.Least
	inside := strings.Replace(scripttest.Least, "withdraw: {}", "withdraw: {account: lock-service}", 1)
	for _, c := range []struct{ script, backend, guard, why string }{
		{inside, "etcd", "lock-key", ""},
		{inside, "lib/etcd-mutex", "cas", ""},
		{inside, "redis", "none", "account is lock-service, but redis cannot keep an account"},
		{inside, "lib/redsync", "none", "account is lock-service, but lib/redsync cannot keep an account"},
		{inside, "etcd", "fence-all", "an account kept by etcd cannot have guard fence-all"},
		{own, "etcd", "lock-key", "guard lock-key needs an account kept by the lock service, but this script's account has a host of its own"},
	} {
		s, err := script.Load("test.yaml", []byte(c.script), script.Everything())
		if err != nil {
			t.Fatal(err)
		}
		trial := Trial{Scenario: s, Backend: specOf(t, c.backend), Guard: ledger.Guard(c.guard), World: sim.VirtualWorld, Seed: 1, TTL: s.TTL}
		why := ""
		if err := trial.NotApplicable(); err != nil {
			why = err.Error()
		}
		if why != c.why {
			t.Errorf("%s, %s: %q, want %q", c.backend, c.guard, why, c.why)
		}
	}
	s, err := script.Load("test.yaml", []byte(inside), script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"etcd", "lib/etcd-mutex"}; !slices.Equal(s.Backends, want) || !slices.Equal(s.Guards, []string{"none", "cas", "lock-key"}) {
		t.Errorf("left out, backends are %q and guards %q", s.Backends, s.Guards)
	}
}

// TestATrialWithItsAccountInTheLockService checks that the account then has no host, and that
// nothing else about the trial changes.
func TestATrialWithItsAccountInTheLockService(t *testing.T) {
	s, err := scenarios.Find("inside-pause", script.Everything())
	if err != nil {
		t.Fatal(err)
	}
	for guard, want := range map[string]check.Verdict{"none": check.Violated, "cas": check.Holds, "lock-key": check.Holds} {
		trial := Trial{Scenario: s, Backend: specOf(t, "etcd"), Guard: ledger.Guard(guard), Discipline: script.Discipline{Kind: workload.Attentive}, World: sim.VirtualWorld, Seed: 1, TTL: s.TTL}
		h, err := trial.SimulateRecorded(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got := trial.Judge(h).Finding(check.LostUpdate); got.Verdict != want {
			t.Errorf("%s: %s: %s, expected %s", guard, got.Verdict, got.Why, want)
		}
		if h.Header.Ledger != "" || !h.Header.Inside {
			t.Errorf("%s: the header says that the account is on %q, inside: %t", guard, h.Header.Ledger, h.Header.Inside)
		}
		for _, m := range h.Messages {
			if m.From == ledger.HostID || m.To == ledger.HostID {
				t.Fatalf("%s: a message goes from %s to %s", guard, m.From, m.To)
			}
		}
		if all := audit.Disorders(h); len(all) > 0 {
			t.Errorf("%s: %v", guard, all[0])
		}
		if !slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.LedgerWrite && strings.HasPrefix(string(e.Host), "etcd-") }) {
			t.Errorf("%s: no member of etcd has taken a write", guard)
		}
	}
}
