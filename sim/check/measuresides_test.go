package check

import (
	"fmt"
	"testing"

	"github.com/locklab/locklab/sim/trace"
)

// apart begins a partition that cuts client 1 and one of three servers off from the others.
const apart = `
	| servers=a,b,c faults=partition_client-1_|_client-2
	10s - fault-applied fault=partition_client-1_|_client-2 parted=client-1,a|client-2,client-3,b,c
	10s - fault-proven  fault=partition_client-1_|_client-2`

func TestAttemptsCountForTheSideTheyWereMadeOn(t *testing.T) {
	for _, c := range []struct {
		name, history      string
		majority, minority string // share; empty if nothing was measured
	}{
		{"one side is served, the other is not", apart + `
			11s client-1 acquire      op=1
			11s client-2 acquire      op=2
			12s client-2 acquired     op=2 grant=x
			13s client-1 not-acquired op=1
			14s client-3 acquire      op=3
			15s client-3 not-acquired op=3`, "0.5", "0"},
		{"both sides are served", apart + `
			11s client-1 acquire  op=1
			11s client-2 acquire  op=2
			12s client-1 acquired op=1 grant=x
			12s client-2 acquired op=2 grant=y`, "1", "1"},
		{"what came before the cut does not count, nor what it interrupted, nor what outlasted it, nor what came after", `
			| servers=a,b,c faults=partition_client-1_|_client-2
			1s  client-1 acquire  op=1
			2s  client-1 acquired op=1 grant=w
			9s  client-1 acquire  op=2
			10s - fault-applied   fault=partition_client-1_|_client-2 parted=client-1,a|client-2,b,c
			10s - fault-proven    fault=partition_client-1_|_client-2
			11s client-1 not-acquired op=2
			12s client-1 acquire  op=3
			20s - fault-undone    fault=partition_client-1_|_client-2
			21s client-1 acquired op=3 grant=x
			22s client-1 acquire  op=4
			23s client-1 acquired op=4 grant=y`, "", ""},
		{"nor what was still open when the history ended", apart + `
			11s client-1 acquire op=1`, "", ""},
		{"without a partition there are no sides", `
			1s client-1 acquire  op=1
			2s client-1 acquired op=1 grant=x`, "", ""},
		{"a client that died was not turned away", apart + `
			11s client-1 acquire       op=1
			12s client-1 fault-applied fault=crash_client-1
			12s client-1 fault-proven  fault=crash_client-1`, "", ""},
		{"exactly half of the servers are no majority", `
			| servers=a,b,c,d faults=partition_client-1_|_client-2
			10s - fault-applied fault=partition_client-1_|_client-2 parted=client-1,a,b|client-2,c,d
			10s - fault-proven  fault=partition_client-1_|_client-2
			11s client-1 acquire      op=1
			11s client-2 acquire      op=2
			12s client-1 not-acquired op=1
			12s client-2 not-acquired op=2`, "", "0"},
		{"a single server is the majority", `
			| servers=a faults=partition_client-1_|_client-2
			10s - fault-applied fault=partition_client-1_|_client-2 parted=client-1|client-2,a
			10s - fault-proven  fault=partition_client-1_|_client-2
			11s client-1 acquire      op=1
			11s client-2 acquire      op=2
			12s client-2 acquired     op=2 grant=x
			12s client-1 not-acquired op=1`, "1", "0"},
		{"servers that are parted from each other are still in reach of their clients", `
			| servers=a,b,c faults=partition_client-1_|_client-2
			10s - fault-applied fault=partition_client-1_|_client-2 parted=a|b|c
			10s - fault-proven  fault=partition_client-1_|_client-2
			11s client-1 acquire  op=1
			12s client-1 acquired op=1 grant=x`, "1", ""},
		{"a client that is in no group is on every side", apart + `
			| clients=client-1,client-2,client-3,client-4
			11s client-4 acquire  op=1
			12s client-4 acquired op=1 grant=x`, "1", ""},
		{"without any service the side with more of the clients is the larger one", `
			| servers=none faults=partition_client-1_|_client-2
			10s - fault-applied fault=partition_client-1_|_client-2 parted=client-1|client-2,client-3
			10s - fault-proven  fault=partition_client-1_|_client-2
			11s client-1 acquire  op=1
			11s client-1 acquired op=1 grant=x
			11s client-2 acquire  op=2
			11s client-2 acquired op=2 grant=y`, "1", "1"},
		{"two partitions at a time add up", apart + `
			11s - fault-applied fault=partition_c_|_client-2 parted=c|client-2 firing=1
			11s - fault-proven  fault=partition_c_|_client-2 firing=1
			12s client-2 acquire      op=1
			13s client-2 not-acquired op=1
			14s - fault-undone  fault=partition_c_|_client-2 firing=1
			15s client-2 acquire      op=2
			16s client-2 acquired     op=2 grant=x`, "1", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[Measure]string{}
			for _, m := range MeasureAll(trace.Read(transcript(t, c.history))) {
				got[m.Measure] = fmt.Sprintf("%g", m.Least)
			}
			if got[ServedMajority] != c.majority || got[ServedMinority] != c.minority {
				t.Errorf("served %q on the side of the majority and %q on the other, want %q and %q",
					got[ServedMajority], got[ServedMinority], c.majority, c.minority)
			}
		})
	}
}
