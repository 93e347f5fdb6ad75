package check

import (
	"testing"

	"github.com/locklab/locklab/sim/trace"
)

// Leases are 10 s in these histories, so a wait of more than 30 s is too long.
func TestWhoAsksForTheLockGetsItInTime(t *testing.T) {
	judgeTrials(t, Availability, []trial{
		{"everybody takes turns", `
			1s client-1 acquire  op=1
			2s client-1 acquired op=1 grant=a
			3s client-2 acquire  op=2
			9s client-2 acquired op=2 grant=b`,
			Holds, "2 attempts, each served within 3 leases: without any fault 2 of 2 in at most 6.000 s; client-1 1 of 1 in at most 1.000 s, client-2 1 of 1 in at most 6.000 s", nil},
		{"phases are told apart", `
			| faults=partition_lock_|_client-2
			1s  client-1 acquire  op=1
			2s  client-1 acquired op=1 grant=a
			3s  lock     fault-applied fault=partition_lock_|_client-2
			4s  client-2 acquire  op=2
			20s lock     fault-undone fault=partition_lock_|_client-2
			21s client-2 acquired op=2 grant=b
			22s client-1 acquire  op=3
			23s client-1 acquired op=3 grant=c`,
			Holds, "before the fault 1 of 1 in at most 1.000 s, during it 1 of 1 in at most 17.000 s, after it 1 of 1 in at most 1.000 s", nil},
		{"the holder dies, and its lease runs out", `
			1s  client-1 acquire  op=1
			1s  client-1 acquired op=1 grant=a
			2s  client-2 acquire  op=2
			3s  client-1 fault-applied fault=crash_client-1
			12s client-2 acquired op=2 grant=b`,
			Holds, "; the lock was held again 9.000 s after client-1 died holding it", nil},
		{"a dead holder blocks the lock for ever", `
			1s  client-1 acquire  op=1
			1s  client-1 acquired op=1 grant=a
			2s  client-2 acquire  op=2
			3s  client-1 fault-applied fault=crash_client-1
			40s - end`,
			Violated, "client-2 asked for the lock at 2.000 s and waited for it longer than 3 leases (1 of 2 attempts not served in time: before the fault 1 of 2 in at most 38.000 s; client-1 1 of 1 in at most 0.000 s, client-2 0 of 1 in at most 38.000 s; nobody held the lock again after client-1 died holding it)", []int64{3}},
		{"a client on the wrong side gives up", `
			1s client-1 acquire      op=1
			5s client-1 not-acquired op=1`,
			Violated, "client-1 asked for the lock at 1.000 s and gave up at 5.000 s (1 of 1 attempt not served in time", []int64{1, 2}},
		{"served, but far too late", `
			1s  client-1 acquire  op=1
			32s client-1 acquired op=1 grant=a`,
			Violated, "waited for it longer than 3 leases", []int64{1, 2}},
		{"exactly three leases are in time", `
			1s  client-1 acquire  op=1
			31s client-1 acquired op=1 grant=a`,
			Holds, "1 attempt", nil},
		{"a client that was stopped itself cannot complain", `
			1s  client-1 acquire  op=1
			2s  client-1 fault-applied fault=pause_client-1
			30s client-1 fault-undone fault=pause_client-1
			50s client-1 acquired op=1 grant=a`,
			Holds, "1 of 1 in at most 21.000 s", nil},
		{"a client that died while it waited needs no lock", `
			1s  client-1 acquire  op=1
			2s  client-1 fault-applied fault=crash_client-1
			3s  client-2 acquire  op=2
			4s  client-2 acquired op=2 grant=b
			60s - end`,
			Holds, "1 attempt, each served", nil},
		{"stops that overlap are taken off once", `
			| faults=pause_client-2,suspend_client-2
			1s  client-1 acquire       op=1
			1s  client-1 acquired      op=1 grant=a
			2s  client-2 acquire       op=2
			3s  client-2 fault-applied fault=pause_client-2
			5s  client-2 fault-applied fault=suspend_client-2
			6s  client-2 fault-applied fault=pause_client-2 firing=1
			10s client-2 fault-undone  fault=pause_client-2 firing=1
			15s client-2 fault-undone  fault=pause_client-2
			20s client-2 fault-undone  fault=suspend_client-2
			50s client-2 acquired      op=2 grant=b`,
			Violated, "client-2 asked for the lock at 2.000 s and waited for it longer than 3 leases (1 of 2 attempts not served in time: before the fault 2 of 2 in at most 31.000 s", []int64{3, 10}},
		{"the trial ended too early to tell", `
			1s client-1 acquire  op=1
			2s client-1 acquired op=1 grant=a
			3s client-2 acquire  op=2
			4s - end`,
			Undecided, "client-2 was still waiting after 1.000 s when the trial ended; 3 leases are allowed", []int64{3}},
		{"nobody asked", `
			1s ledger ledger-opened`,
			Undecided, "no client that stayed alive asked for the lock", nil},
	})
}

func TestWithoutALeaseNoWaitIsLong(t *testing.T) {
	h := transcript(t, `1s client-1 acquire op=1`)
	h.Header.TTL = 0
	if f := One(Availability, h); f.Verdict != Undecided {
		t.Errorf("got %+v", f)
	}
}

// TestWhoWasNotServedIsNamed checks that each client that waited too long or gave up is named once.
func TestWhoWasNotServedIsNamed(t *testing.T) {
	h := transcript(t, `
		1s  client-2 acquire      op=1
		5s  client-2 not-acquired op=1
		6s  client-1 acquire      op=2
		7s  client-1 acquired     op=2 grant=a
		8s  client-2 acquire      op=3
		50s client-2 acquired     op=3 grant=b
		51s client-1 acquire      op=4
		90s - end`)
	if got := availability(trace.Read(h)).Unserved; len(got) != 2 || got[0] != "client-1" || got[1] != "client-2" {
		t.Errorf("%v were not served, want client-1 and client-2", got)
	}
}
