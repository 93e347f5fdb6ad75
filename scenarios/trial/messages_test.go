package trial

import "testing"

// Every message has a description, whatever kind of server sends it, so that message diagrams are
// readable.
func TestEveryMessageHasWords(t *testing.T) {
	for _, each := range []struct{ scenario, backend, guard string }{
		{"gc-pause", "redis", "fence-all"}, {"gc-pause", "redlock", "none"}, {"gc-pause", "perfect", "none"}, {"gc-pause", "zookeeper", "none"},
		{"failover", "sentinel+replication-lag=0.02ttl", "none"}, {"split-brain", "sentinel", "none"},
		{"leader-crash", "etcd", "none"}, {"leader-partitioned", "etcd", "none"}, {"leader-crash", "zookeeper", "none"}, {"leader-partitioned", "zookeeper", "none"},
		{"charge-once", "redis", "none"},
	} {
		h, err := one(t, each.scenario, each.backend, each.guard).SimulateRecorded(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Messages) == 0 {
			t.Errorf("%s with %s: no messages were recorded", each.scenario, each.backend)
		}
		sent := int64(0)
		for _, traffic := range h.Header.Traffic {
			sent += traffic.Messages
		}
		if sent != int64(len(h.Messages)) {
			t.Errorf("%s with %s: %d messages were recorded of %d", each.scenario, each.backend, len(h.Messages), sent)
		}
		for _, m := range h.Messages {
			if m.What == "" {
				t.Errorf("%s with %s: nobody has words for message %d from %s to %s", each.scenario, each.backend, m.Number, m.From, m.To)
				break
			}
		}
	}
}
