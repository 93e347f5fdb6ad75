package trial

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
)

// again runs a trial, then runs it again from what a run stores of the result.
func again(t *testing.T, trial Trial) (first, second outcome.Result) {
	t.Helper()
	simulate := func(trial Trial) outcome.Result {
		h, err := trial.Simulate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return trial.Judge(h)
	}
	first = simulate(trial)
	row, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var kept outcome.Result
	if err := json.Unmarshal(row, &kept); err != nil {
		t.Fatal(err)
	}
	repeated, err := Again(kept, trial.Scenario, nil)
	if err != nil {
		t.Fatal(err)
	}
	return first, simulate(repeated)
}

func TestATrialCanBeRunAgainFromItsResult(t *testing.T) {
	for _, cell := range []struct{ scenario, backend, guard string }{
		{"gc-pause", "redis", "none"}, {"failover", "sentinel+replication-lag=0.02ttl+wait=1", "none"}, {"random-timing", "redlock", "cas"},
	} {
		trial := one(t, cell.scenario, cell.backend, cell.guard)
		trial.Seed, trial.TTL = 3, trial.TTL*3/2
		if first, second := again(t, trial); first.Fingerprint != second.Fingerprint || first.Profile != nil {
			t.Errorf("%s: fingerprint %s, then %s; profile %q", first.ID(), first.Fingerprint, second.Fingerprint, first.Profile)
		}
	}
}

// TestATrialThatFollowedRealServersFollowsThemAgain checks that a virtual trial keeps the options
// it took from real servers when it is run again on a machine with other servers, or none.
func TestATrialThatFollowedRealServersFollowsThemAgain(t *testing.T) {
	trial := one(t, "stalled-leader-checked", "etcd", "none")
	trial.profile = []string{"leadership-check-on-revoke=off", "election-timeout=500ms"}
	first, second := again(t, trial)
	if first.Fingerprint != second.Fingerprint || !slices.Equal(first.Profile, trial.profile) || !slices.Equal(second.Profile, trial.profile) {
		t.Errorf("fingerprint %s, then %s; profile %q, then %q; want %q", first.Fingerprint, second.Fingerprint, first.Profile, second.Profile, trial.profile)
	}
	trial.profile = nil
	if plain, _ := again(t, trial); plain.Fingerprint == first.Fingerprint {
		t.Error("without its profile the trial comes out the same: this test does not test")
	}
	trial.asLive = true // with the servers of this machine, whatever they are
	if first, second := again(t, trial); first.Fingerprint != second.Fingerprint {
		t.Errorf("as live: fingerprint %s, then %s; profile %q", first.Fingerprint, second.Fingerprint, first.Profile)
	}
}

func TestAProfileThatNoLongerExistsIsAnError(t *testing.T) {
	trial := one(t, "gc-pause", "etcd", "none")
	trial.profile = []string{"nobody=on"}
	if _, err := trial.Simulate(t.Context()); err == nil {
		t.Error("a trial with an option that there is not was run")
	}
}
