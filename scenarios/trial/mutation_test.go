package trial

import (
	"fmt"
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// A lock that was broken on purpose must not pass for an intact one: in each of these cells the
// intact lock meets every expectation and the broken one does not.
func TestBrokenAlgorithmsDoNotPassForWholeOnes(t *testing.T) {
	for _, c := range []struct{ mistake, scenario, whole, broken, guard string }{
		{"no elapsed check on a single instance", "pause-during-acquire", "redis+elapsed-check", "redis", "none"},
		{"no elapsed check in Redlock", "pause-during-acquire", "redlock", "redlock+elapsed-check=off", "none"},
		{"the elapsed time taken from the wall clock", "client-clock-back", "redlock", "redlock+wall-clock", "none"},
		{"two of five for a quorum", "minority-partition", "redlock", "redlock+quorum=2", "none"},
		{"an allowance for drift that is too small", "clock-rate", "redlock+drift=0.1ttl", "redlock+drift=0s+drift-constant=0s", "none"},
		{"an allowance as large as the error of one side", "clock-rate-both", "redlock+drift=0.19ttl", "redlock+drift=0.1ttl", "none"},
		{"plain DEL", "foreign-release", "redis", "redis+plain-del", "none"},
		{"no renewal", "short-lease", "redis+renew", "redis", "none"},
		{"no renewal in Redlock", "short-lease", "redlock+renew", "redlock", "none"},
		{"a delay before another try that is not random", "contention", "redlock", "redlock+retry-jitter=off", "none"},
		{"a lock that is not on disk", "server-crash", "redis+durability=always", "redis", "none"},
		{"a lock that is on disk a second later", "server-crash-everysec", "redis+durability=always", "redis+durability=everysec", "none"},
		{"a quorum that is not on disk", "server-crash-bare", "redlock+durability=always", "redlock", "none"},
		{"a restart that is not delayed enough", "delayed-restart", "redlock+restart-delay=1.1ttl", "redlock+restart-delay=0.1ttl", "none"},
		{"a counter that is not on disk", "counter-lost", "redis+durability=always", "redis", "fence-all"},
		{"no waiting for the replica", "failover", "sentinel+replication-lag=0.02ttl+wait=1", "sentinel+replication-lag=0.02ttl", "none"},
		{"a master that goes on alone", "split-brain-late", "sentinel+replicas=2+min-replicas-to-write=1+min-replicas-max-lag=1ttl", "sentinel+replicas=2", "none"},
		{"a waiter that does not look for its own key", "waiter-lease-expired", "etcd", "etcd+recheck=off", "none"},
		{"a deadline counted from the answer", "holder-partitioned", "etcd+deadline-from-send", "etcd", "none"},
		{"no look at the clock after the answer", "pause-during-acquire", "etcd+deadline-from-send", "etcd", "none"},
		{"a waiter that does not notice that its session is over", "waiter-partitioned", "etcd", "etcd+recheck=off", "none"},
		{"an unlock by name", "lost-unlock-reply", "etcd+unlock-compares-revision", "etcd", "none"},
		{"a leader that ends leases when it leads no more", "stalled-disk", "etcd", "etcd+leadership-check-on-revoke=off", "none"},
		{"a lease that nobody renews", "server-made-lease", "etcd", "etcd+server-lease=60s", "none"},
		{"a token per session", "lease-id-token", "etcd", "etcd+token-from=lease-id", "fence-all"},
		{"a create whose lost answer is forgotten", "lost-create-reply", "zookeeper", "zookeeper+protect=off", "none"},
		{"a delete that is not tried again", "release-leader-restart", "zookeeper", "zookeeper+cleanup=once", "none"},
		{"a delete that goes down with all servers", "release-ensemble-restart", "zookeeper", "zookeeper-go", "none"},
		{"a lock that is not looked for in its own session", "lock-of-before", "zookeeper", "zookeeper+check-own-node=off", "none"},
		{"a holder that reads no news of its session", "session-events-unread", "zookeeper+give-up-at=expired", "zookeeper+give-up-at=never", "none"},
		{"a token that begins again", "container-parent-pause", "zookeeper+container-parent", "zookeeper+container-parent+token-from=sequence", "fence-all"},
		{"a token that never changes", "znode-version", "zookeeper", "zookeeper+token-from=version", "fence-all"},
	} {
		t.Run(c.mistake, func(t *testing.T) {
			if got := contradictions(t, one(t, c.scenario, c.whole, c.guard), c.whole); len(got) > 0 {
				t.Errorf("%s does not do what is expected of it: %q", c.whole, got)
			}
			if got := contradictions(t, one(t, c.scenario, c.broken, c.guard), c.whole); len(got) == 0 {
				t.Errorf("%s passes for %s", c.broken, c.whole)
			}
		})
	}
}

// contradictions runs a trial and lists the properties that came out differently from what its
// scenario expects of the backend as.
func contradictions(t *testing.T, trial Trial, as string) (found []string) {
	t.Helper()
	h, err := trial.Simulate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	findings := check.All(trace.Read(h))
	for _, want := range trial.Scenario.Expected(script.Cell{Backend: specOf(t, as), Guard: string(trial.Guard), Discipline: script.Discipline{Kind: workload.Attentive}}) {
		i := slices.IndexFunc(findings, func(f check.Finding) bool { return f.Property == want.Property })
		if f := findings[i]; f.Verdict != want.Verdict {
			found = append(found, fmt.Sprintf("%s is %s: %s", f.Property, f.Verdict, f.Why))
		}
	}
	return found
}
