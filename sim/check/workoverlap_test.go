package check

import "testing"

// toldAndGoesOn is the leader that everyone has met: told that its lock is lost, it writes that
// to its log and works on beside the next leader.
const toldAndGoesOn = `
	1s  client-1 acquired op=client-1/1 grant=a
	9s  client-1 lost     grant=a
	10s client-2 acquired op=client-2/1 grant=b
	12s client-1 write    op=client-1/1 grant=a
	13s ledger   ledger-write op=client-1/1 client=client-1 version=1
	13s client-1 wrote    op=client-1/1 version=1
	14s client-1 release  op=client-1/1 grant=a
	20s client-2 release  op=client-2/1 grant=b
	21s -        end`

// outlived is a write that outlives its client.
const outlived = `
	1s  client-1 acquired      op=client-1/1 grant=a
	2s  client-1 write         op=client-1/1 grant=a
	3s  client-1 fault-applied fault=crash_client-1
	11s client-2 acquired      op=client-2/1 grant=b`

// again is a client that comes back and repeats its operation. Its earlier write may still be on
// its way, and the two carry the same.
const again = `
	1s  client-1 acquired      op=client-1/1 grant=a
	2s  client-1 write         op=client-1/1 grant=a
	3s  client-1 fault-applied fault=crash_client-1
	4s  client-2 acquired      op=client-2/1 grant=b
	5s  client-2 release       op=client-2/1 grant=b
	6s  client-1 fault-undone  fault=crash_client-1
	7s  client-1 acquired      op=client-1/1 grant=c
	8s  client-1 write         op=client-1/1 grant=c`

func TestTwoAtWorkAtOnceAreAWorkOverlap(t *testing.T) {
	judgeTrials(t, WorkOverlap, []trial{
		{"one after the other", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-2 acquired grant=b
			4s client-2 release  grant=b
			5s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"work ends when release is called, not when it returns", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-2 acquired grant=b
			4s client-1 released grant=a
			5s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"a hand-over in one instant takes no time", `
			1s client-1 acquired grant=a
			2s client-2 acquired grant=b
			2s client-1 release  grant=a
			5s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"one client twice is not two clients", `
			1s client-1 acquired grant=a
			2s client-1 acquired grant=b
			3s client-1 release  grant=a
			4s client-1 release  grant=b
			5s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"a client that is told of its loss and works on is at work", toldAndGoesOn, Violated,
			"client-2 was granted the lock at 10.000 s while client-1 was still at work under it (since 1.000 s, told of its loss at 9.000 s, released at 14.000 s): 1 overlap among 2 grants",
			[]int64{1, 2, 3, 7}},
		{"a client that stops when it is told has stopped", `
			1s  client-1 acquired grant=a
			9s  client-1 lost     grant=a
			9s  client-1 abandon  grant=a
			10s client-2 acquired grant=b
			11s client-1 release  grant=a
			21s -        end`, Holds, "never two clients at work at once", nil},
		{"a client that gives up too late", `
			1s  client-1 acquired grant=a
			10s client-2 acquired grant=b
			11s client-1 abandon  grant=a
			12s client-1 release  grant=a
			21s -        end`, Violated, "(since 1.000 s, gave up at 11.000 s)", []int64{1, 2, 3}},
		{"its own deadline stops nobody", `
			1s  client-1 acquired grant=a
			9s  client-1 deadline grant=a
			10s client-2 acquired grant=b
			11s client-1 release  grant=a
			21s -        end`, Violated, "(since 1.000 s, released at 11.000 s)", []int64{1, 3, 4}},
		{"a paused client will go on", `
			1s  client-1 acquired      grant=a
			2s  client-1 fault-applied fault=pause_client-1
			10s client-2 acquired      grant=b
			11s client-2 release       grant=b
			21s -        end`, Violated, "(since 1.000 s, to the end at 21.000 s)", []int64{1, 3, 5}},
		{"news of a loss after the work is no news", `
			1s  client-1 acquired grant=a
			2s  client-2 acquired grant=b
			3s  client-1 release  grant=a
			4s  client-1 lost     grant=a
			21s -        end`, Violated, "(since 1.000 s, released at 3.000 s)", []int64{1, 2, 3}},
		{"a client that has crashed works no more", `
			1s client-1 acquired      grant=a
			2s client-1 fault-applied fault=crash_client-1
			3s client-2 acquired      grant=b
			4s client-1 fault-undone  fault=crash_client-1
			5s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"but its write does that is still on its way", outlived + `
			12s ledger   ledger-write  op=client-1/1 client=client-1 version=1
			13s client-2 release       op=client-2/1 grant=b
			21s -        end`, Violated, "(since 1.000 s, its crash at 3.000 s, its write taken at 12.000 s)", []int64{1, 3, 4, 5}},
		{"refused or not", outlived + `
			12s ledger   ledger-write-refused op=client-1/1 client=client-1
			13s client-2 release       op=client-2/1 grant=b
			21s -        end`, Violated, "its crash at 3.000 s, its write refused at 12.000 s)", []int64{1, 3, 4, 5}},
		{"unless it gets there before the next one is granted the lock", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a
			3s  client-1 fault-applied fault=crash_client-1
			4s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			11s client-2 acquired      op=client-2/1 grant=b
			21s -        end`, Holds, "never two clients at work at once", nil},
		{"or never", outlived + `
			13s client-2 release       op=client-2/1 grant=b
			21s -        end`, Holds, "never two clients at work at once", nil},
		{"a write that was answered before the crash adds nothing, whenever it was recorded", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a
			3s  client-1 wrote         op=client-1/1 version=1
			4s  client-1 fault-applied fault=crash_client-1
			5s  client-2 acquired      op=client-2/1 grant=b
			6s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			21s -        end`, Holds, "never two clients at work at once", nil},
		{"a write whose answer never came outlasts the release", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a
			3s  client-1 write-unknown op=client-1/1
			3s  client-1 release       op=client-1/1 grant=a
			4s  client-2 acquired      op=client-2/1 grant=b
			6s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			21s -        end`, Violated, "(since 1.000 s, released at 3.000 s, its write taken at 6.000 s)", []int64{1, 4, 5, 6}},
		{"and so does the mark of a job", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a job=job-1
			3s  ledger   ledger-write  op=client-1/1 client=client-1 version=1 job=job-1
			3s  client-1 wrote         op=client-1/1 version=1 job=job-1
			3s  client-1 fault-applied fault=crash_client-1
			4s  client-2 acquired      op=client-2/1 grant=b
			6s  ledger   ledger-marked op=client-1/1 client=client-1 job=job-1
			21s -        end`, Violated, "its crash at 3.000 s, its job marked as done at 6.000 s)", []int64{1, 5, 6, 7}},
		{"which a client knows of that has its answer", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a job=job-1
			3s  client-1 wrote         op=client-1/1 version=1 job=job-1
			3s  client-1 marked        op=client-1/1 job=job-1
			3s  client-1 release       op=client-1/1 grant=a
			4s  client-2 acquired      op=client-2/1 grant=b
			6s  ledger   ledger-marked op=client-1/1 client=client-1 job=job-1
			21s -        end`, Holds, "never two clients at work at once", nil},
		{"another's write is not its own", outlived + `
			12s ledger   ledger-write  op=client-2/1 client=client-2 version=1
			21s -        end`, Holds, "never two clients at work at once", nil},
	})
}

func TestWhoseWorkAWriteIsMayNotBeKnown(t *testing.T) {
	judgeTrials(t, WorkOverlap, []trial{
		{"what the requests carry tells them apart: the late one", `
			1s  client-1 acquired      op=client-1/1 grant=a token=1
			2s  client-1 write         op=client-1/1 grant=a token=1
			3s  client-1 fault-applied fault=crash_client-1
			4s  client-2 acquired      op=client-2/1 grant=b token=2
			5s  client-2 release       op=client-2/1 grant=b
			7s  client-1 acquired      op=client-1/1 grant=c token=3
			8s  client-1 write         op=client-1/1 grant=c token=3
			9s  ledger   ledger-write  op=client-1/1 client=client-1 token=1 version=1
			20s -        end`, Violated, "its crash at 3.000 s, its write taken at 9.000 s)", []int64{1, 3, 4, 8}},
		{"what the requests carry tells them apart: the new one", `
			1s  client-1 acquired      op=client-1/1 grant=a token=1
			2s  client-1 write         op=client-1/1 grant=a token=1
			3s  client-1 fault-applied fault=crash_client-1
			4s  client-2 acquired      op=client-2/1 grant=b token=2
			5s  client-2 release       op=client-2/1 grant=b
			7s  client-1 acquired      op=client-1/1 grant=c token=3
			8s  client-1 write         op=client-1/1 grant=c token=3
			9s  ledger   ledger-write  op=client-1/1 client=client-1 token=3 version=1
			20s -        end`, Holds, "3 grants, and never two clients at work at once", nil},
		{"one of two writes that carry the same", again + `
			9s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			20s -        end`, Undecided, "event 9: the 1st withdrawal of client-1 ran under several grants", nil},
		{"it does not matter where nobody else was granted the lock", `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a
			3s  client-1 fault-applied fault=crash_client-1
			7s  client-1 acquired      op=client-1/1 grant=c
			8s  client-1 write         op=client-1/1 grant=c
			9s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			20s -        end`, Holds, "2 grants, and never two clients at work at once", nil},
		{"when the one has its answer, the next can only be of the other", again + `
			9s  client-1 wrote         op=client-1/1 version=1
			10s ledger   ledger-write  op=client-1/1 client=client-1 version=2
			20s -        end`, Violated, "its crash at 3.000 s, its write taken at 10.000 s)", []int64{1, 3, 4, 10}},
		{"a live account's stamp may be late", `
			| world=live
			1000ms client-1 acquired      op=client-1/1 grant=a
			1000ms client-1 write         op=client-1/1 grant=a
			1001ms client-1 fault-applied fault=crash_client-1
			2000ms client-2 acquired      op=client-2/1 grant=b
			2015ms ledger   ledger-write  op=client-1/1 client=client-1 version=1
			3000ms -        end`, Undecided, "event 5 may be stamped up to 20ms late", nil},
		{"but not by that much", `
			| world=live
			1000ms client-1 acquired      op=client-1/1 grant=a
			1000ms client-1 write         op=client-1/1 grant=a
			1001ms client-1 fault-applied fault=crash_client-1
			2000ms client-2 acquired      op=client-2/1 grant=b
			2025ms ledger   ledger-write  op=client-1/1 client=client-1 version=1
			3000ms -        end`, Violated, "its write taken at 2.005 s)", []int64{1, 3, 4, 5}},
		{"nobody got the lock", `
			1s client-1 acquire op=client-1/1
			5s -        end`, Undecided, "nobody acquired the lock", nil},
		{"a grant without a name", `
			1s client-1 acquired
			5s -        end`, Undecided, "event 1 does not say which grant client-1 acquired", nil},
		{"one grant acquired twice", `
			1s client-1 acquired grant=a
			2s client-1 acquired grant=a
			5s -        end`, Undecided, "client-1 acquired the grant a a second time", nil},
		{"an empty history", ``, Undecided, "nobody acquired the lock", nil},
	})
}

// Believing and working are two things: a belief ends when the client is told.
func TestOverlapIsNotBrokenByWhoWorksOn(t *testing.T) {
	for p, want := range map[Property]Verdict{Overlap: Holds, OverlapValid: Holds, WorkOverlap: Violated} {
		if f := One(p, transcript(t, toldAndGoesOn)); f.Verdict != want {
			t.Errorf("%s %v, want %v: %s", p, f.Verdict, want, f.Why)
		}
	}
}
