package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// threePhases is a trial with attempts to get the lock before, during and after a fault. An
// attempt belongs to the phase in which it began.
const threePhases = `
	| faults=pause_lock
	1s  client-1 acquire       op=1
	2s  lock     fault-applied fault=pause_lock
	2s  lock     fault-proven  fault=pause_lock
	3s  client-2 acquire       op=2
	4s  client-3 acquire       op=3
	5s  client-2 not-acquired  op=2
	6s  lock     fault-undone  fault=pause_lock
	7s  client-1 acquired      op=1 grant=a
	8s  client-2 acquire       op=4
	8s  client-3 acquired      op=3 grant=b
	9s  client-3 acquire       op=5
	10s client-2 not-acquired  op=4
	11s client-3 not-acquired  op=5
	12s client-3 acquire       op=6
	13s client-3 acquired      op=6 grant=c
	14s -        end`

func TestMeasuresAreReadOffAHistory(t *testing.T) {
	for _, c := range []struct {
		name    string
		measure Measure
		history string
		want    string // count, least, most; empty if nothing was measured
	}{
		{"a lease counts from its last renewal", LeaseLength, `
			1s  lock granted  grant=a
			4s  lock extended grant=a
			15s lock expired  grant=a`, "1: 11 to 11"},
		{"a renewal that only the holder tells of confirms its lease", LeaseLength, `
			1s  lock     granted grant=a
			4s  client-1 renewed grant=a
			6s  client-1 renewed grant=a
			15s lock     expired grant=a`, "1: 9 to 9"},
		{"a renewal that a library keeps to itself confirms its lease as well", LeaseLength, `
			1s  lock     granted    grant=a
			6s  client-1 kept-alive grant=a
			15s lock     expired    grant=a`, "1: 9 to 9"},
		{"the service's word for a renewal counts before the holder's", LeaseLength, `
			1s  lock     granted  grant=a
			4s  lock     extended grant=a
			5s  client-1 renewed  grant=a
			15s lock     expired  grant=a`, "1: 11 to 11"},
		{"a holder that was last seen to be prolonged cannot add to it by its word", LeaseLength, `
			1s  lock     granted  grant=a
			3s  client-1 renewed  grant=a
			4s  lock     extended grant=a
			9s  client-1 renewed  grant=a
			15s lock     expired  grant=a`, "1: 11 to 11"},
		{"a renewal of one lease says nothing of another", LeaseLength, `
			1s  lock     granted  grant=a
			2s  lock     extended grant=b
			4s  client-1 renewed  grant=a
			6s  client-2 renewed  grant=b
			15s lock     expired  grant=a`, "1: 11 to 11"},
		{"a renewal of a lease that was never seen to begin gives no length", LeaseLength, `
			4s  client-1 renewed grant=a
			15s lock     expired grant=a`, ""},
		{"a lease that was given back has no length", LeaseLength, `
			1s lock granted grant=a
			4s lock freed   grant=a`, ""},
		{"two leases bound the length", LeaseLength, `
			1s  lock granted grant=a
			11s lock expired grant=a
			12s lock granted grant=b
			23s lock expired grant=b`, "2: 10 to 11"},
		{"the next grant after a fault is the next time somebody is told", NextGrant, `
			| faults=pause_client-1
			1s  client-1 acquired      grant=a op=1
			2s  client-1 fault-applied fault=pause_client-1
			2s  client-1 fault-proven  fault=pause_client-1
			9s  client-2 acquired      grant=b op=2`, "1: 7 to 7"},
		{"nobody is told after the fault", NextGrant, `
			| faults=pause_client-1
			1s  client-1 acquired      grant=a op=1
			2s  client-1 fault-applied fault=pause_client-1`, ""},
		{"waits end with the lock or without it", Wait, `
			1s client-1 acquire      op=1
			2s client-1 acquired     op=1 grant=a
			3s client-2 acquire      op=2
			7s client-2 not-acquired op=2`, "2: 1 to 4"},
		{"a client asks again until it is told", AskAgain, `
			1s client-1 acquire      op=1
			1s client-1 acquire-sent grant=a
			4s client-1 acquire-sent grant=b
			5s client-1 acquired     grant=b op=1
			6s client-1 acquire      op=2
			6s client-1 acquire-sent grant=c`, "1: 3 to 3"},
		{"from one renewal to the next, as the holder hears of them", RenewEvery, `
			1s client-1 acquired grant=a
			2s lock     extended grant=a
			3s client-1 renewed  grant=a
			4s lock     extended grant=a
			7s client-1 renewed  grant=a
			8s client-1 renewed  grant=a`, "2: 1 to 4"},
		{"a library that tells nobody hears of them as well", RenewEvery, `
			1s client-1 acquired   grant=a
			3s client-1 kept-alive grant=a
			5s client-1 kept-alive grant=a`, "1: 2 to 2"},
		{"where no client hears of renewals, the service tells", RenewEvery, `
			1s client-1 acquired grant=a
			2s lock     extended grant=a
			5s lock     extended grant=a`, "1: 3 to 3"},
		{"from the renewal of one lock to that of the next is no interval", RenewEvery, `
			1s client-1 acquired grant=a
			2s client-1 renewed  grant=a
			3s client-1 release  grant=a
			4s client-1 acquired grant=b
			5s client-1 renewed  grant=b
			7s client-1 renewed  grant=b`, "1: 2 to 2"},
		{"the holder learns late that its lease is over", Notice, `
			1s  lock     granted grant=a
			1s  client-1 acquired grant=a op=1
			11s lock     expired grant=a
			14s client-1 lost    grant=a`, "1: 3 to 3"},
		{"a holder that gave up before the end knew at once", Notice, `
			1s  lock     granted grant=a
			1s  client-1 acquired grant=a op=1
			9s  client-1 lost    grant=a
			11s lock     expired grant=a`, "1: 0 to 0"},
		{"a holder that has let go has nothing to learn", Notice, `
			1s  lock     granted grant=a
			1s  client-1 acquired grant=a op=1
			2s  client-1 release grant=a op=1
			3s  lock     freed   grant=a`, ""},
		{"nor has it if the service says that the lease ran out, as etcd's does of one that is revoked", Notice, `
			1s  lock     granted grant=a
			1s  client-1 acquired grant=a op=1
			2s  client-1 release grant=a op=1
			4s  lock     expired grant=a`, ""},
		{"a release takes until its answer, whatever it says", ReleaseTime, `
			1s client-1 acquired     grant=a
			2s client-1 release      grant=a
			3s client-2 acquired     grant=b
			4s client-2 release      grant=b
			5s client-1 released     grant=a
			9s client-2 not-released grant=b`, "2: 3 to 5"},
		{"a release without an answer has no length", ReleaseTime, `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			9s -        end`, ""},
		{"two believe at once, and one of them twice", OverlapTime, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			5s client-1 release  grant=a
			6s client-1 acquired grant=c
			7s client-2 lost     grant=b
			8s client-1 release  grant=c
			9s -        end`, "1: 3 to 3"},
		{"three at once are no longer at it than two", OverlapTime, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-3 acquired grant=c
			5s client-1 release  grant=a
			6s client-2 release  grant=b
			7s client-3 release  grant=c
			9s -        end`, "1: 3 to 3"},
		{"one after the other is at once for no time", OverlapTime, `
			1s client-1 acquired grant=a
			3s client-1 release  grant=a
			3s client-2 acquired grant=b
			9s -        end`, "1: 0 to 0"},
		{"nobody held the lock, so nothing can be said of two", OverlapTime, `
			1s client-1 acquire op=1
			9s -        end`, ""},
		{"who is told and works on is at work beside the next holder", WorkOverlapTime, toldAndGoesOn, "1: 4 to 4"},
		{"but does not believe in anything", OverlapTime, toldAndGoesOn, "1: 0 to 0"},
		{"the write of a dead client is work", WorkOverlapTime, outlived + `
			12s ledger   ledger-write  op=client-1/1 client=client-1 version=1
			21s -        end`, "1: 1 to 1"},
		{"whose work it is is not known, and it matters", WorkOverlapTime, again + `
			9s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			20s -        end`, ""},
		{"whose work it is is not known, and it does not matter", WorkOverlapTime, `
			1s  client-1 acquired      op=client-1/1 grant=a
			2s  client-1 write         op=client-1/1 grant=a
			3s  client-1 fault-applied fault=crash_client-1
			7s  client-1 acquired      op=client-1/1 grant=c
			8s  client-1 write         op=client-1/1 grant=c
			9s  ledger   ledger-write  op=client-1/1 client=client-1 version=1
			20s -        end`, "1: 0 to 0"},
		{"nobody worked under the lock", WorkOverlapTime, `
			1s client-1 acquire op=1
			9s -        end`, ""},
		{"two times at once: the longer one", OverlapLongest, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			5s client-1 release  grant=a
			6s client-1 acquired grant=c
			7s client-2 lost     grant=b
			8s client-1 release  grant=c
			9s -        end`, "1: 2 to 2"},
		{"as one of two leaves, another comes: there is no break", OverlapLongest, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			5s client-1 release  grant=a
			5s client-3 acquired grant=c
			7s client-2 lost     grant=b
			9s -        end`, "1: 4 to 4"},
		{"one after the other is at once for no time, and that is the longest", OverlapLongest, `
			1s client-1 acquired grant=a
			3s client-1 release  grant=a
			3s client-2 acquired grant=b
			9s -        end`, "1: 0 to 0"},
		{"the longest time of two at work", WorkOverlapLongest, toldAndGoesOn, "1: 4 to 4"},
		{"a holder that is told before the next one has the lock", DoneMinusNextGrant, toldAndGoesOn, "1: -1 to -1"},
		{"one that is told after, and another that is told at the same time", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			5s client-1 lost     grant=a
			7s client-3 acquired grant=c
			7s client-2 lost     grant=b
			9s -        end`, "2: 0 to 2"},
		{"the next one counts, not the one after", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-2 release  grant=b
			5s client-3 acquired grant=c
			9s client-1 lost     grant=a
			9s -        end`, "1: 6 to 6"},
		{"who gave the lock back lost none", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-1 lost     grant=a
			4s client-2 acquired grant=b
			9s -        end`, ""},
		{"who asked to give it back, and only then was told, knew that it was over", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			2s client-2 acquired grant=b
			3s client-1 release  grant=a
			4s client-1 lost     grant=a
			9s -        end`, ""},
		{"a second notice does not count", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			2s client-1 lost     grant=a
			3s client-2 acquired grant=b
			8s client-1 lost     grant=a
			9s -        end`, "1: -1 to -1"},
		{"who is the next one itself", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			2s client-1 lost     grant=a
			3s client-1 acquired grant=b
			4s client-2 acquired grant=c
			9s -        end`, ""},
		{"who is never told", DoneMinusNextGrant, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			9s -        end`, ""},
		{"two at one time, two at another, three never", HoldersAtOnce, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			5s client-1 release  grant=a
			5s client-3 acquired grant=c
			9s -        end`, "1: 2 to 2"},
		{"three at one time", HoldersAtOnce, `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-3 acquired grant=c
			5s client-1 release  grant=a
			9s -        end`, "1: 3 to 3"},
		{"a client that holds it twice is one holder", HoldersAtOnce, `
			1s client-1 acquired grant=a
			3s client-1 acquired grant=b
			9s -        end`, "1: 1 to 1"},
		{"a holder for no time at all is one", HoldersAtOnce, `
			9s client-1 acquired grant=a`, "1: 1 to 1"},
		{"nobody held the lock", HoldersAtOnce, `
			1s client-1 acquire op=1
			9s -        end`, ""},
		{"one is released, one is lost, one not released; one ends with its client, one not at all", LostLocks, `
			1s client-1 acquired      grant=a
			2s client-1 released      grant=a
			3s client-1 acquired      grant=b
			4s client-1 lost          grant=b
			5s client-1 not-released  grant=b
			6s client-1 acquired      grant=c
			7s client-1 not-released  grant=c
			7s client-3 acquired      grant=f
			8s client-3 released      grant=f
			7s client-2 acquired      grant=d
			8s client-2 fault-applied fault=crash_client-2
			9s client-1 acquired      grant=e`, "1: 0.5 to 0.5"},
		{"news of a lock that was never had, or had been given back", LostLocks, `
			1s client-1 acquired grant=a
			2s client-1 released grant=a
			3s client-2 lost     grant=b`, "1: 0 to 0"},
		{"a lock that was lost is not found by a release that succeeds", LostLocks, `
			1s client-1 acquired grant=a
			2s client-1 lost     grant=a
			3s client-1 released grant=a`, "1: 1 to 1"},
		{"no lock came to an end", LostLocks, `
			1s client-1 acquired grant=a`, ""},
		{"served before the fault", ServedBefore, threePhases, "1: 1 to 1"},
		{"served during the fault, one of two", ServedDuring, threePhases, "1: 0.5 to 0.5"},
		{"served after the fault, one of three", ServedAfter, threePhases, "1: 0.333333 to 0.333333"},
		{"served during a fault that lasts to the end", ServedDuring, `
			| faults=pause_client-1
			2s client-1 fault-applied fault=pause_client-1
			3s client-2 acquire       op=2
			4s client-2 acquired      op=2 grant=b`, "1: 1 to 1"},
		{"so nothing is after it", ServedAfter, `
			| faults=pause_client-1
			2s client-1 fault-applied fault=pause_client-1
			3s client-2 acquire       op=2
			4s client-2 acquired      op=2 grant=b`, ""},
		{"without a fault there is nothing before it", ServedBefore, `
			1s client-1 acquire  op=1
			2s client-1 acquired op=1 grant=a`, ""},
		{"nor during it", ServedDuring, `
			1s client-1 acquire  op=1
			2s client-1 acquired op=1 grant=a`, ""},
		{"one of two acknowledged withdrawals is gone", LostShare, `
			0s ledger   ledger-opened
			1s ledger   ledger-write  op=1 client=client-1 base=0 version=1
			1s client-1 wrote         op=1 version=1
			2s ledger   ledger-write  op=2 client=client-2 base=0 version=2
			2s client-2 wrote         op=2 version=2`, "1: 0.5 to 0.5"},
		{"nothing was acknowledged", LostShare, `
			0s ledger ledger-opened`, ""},
		{"one of four operations is refused", RefusedShare, `
			1s ledger ledger-read          op=1
			1s ledger ledger-read          op=2
			2s ledger ledger-write         op=1 base=0 version=1
			3s ledger ledger-write-refused op=2 base=0`, "1: 0.25 to 0.25"},
		{"one of two attempts is served", ServedShare, `
			1s client-1 acquire      op=1
			2s client-1 acquired     op=1 grant=a
			3s client-2 acquire      op=2
			7s client-2 not-acquired op=2`, "1: 0.5 to 0.5"},
		{"two requests have a majority, and neither client has looked yet", GrantsAtOnce, `
			1s client-1 acquire-sent grant=a
			2s lock     granted      grant=a
			3s lock     expired      grant=a
			4s client-2 acquire-sent grant=b
			5s lock     granted      grant=b
			6s client-1 acquire-sent grant=c`, "1: 2 to 2"},
		{"the first client has thrown its answer away before", GrantsAtOnce, `
			1s client-1 acquire-sent grant=a
			2s lock     granted      grant=a
			3s client-1 acquire-sent grant=c
			4s client-2 acquire-sent grant=b
			5s lock     granted      grant=b`, "1: 1 to 1"},
		{"its own deadline has passed before", GrantsAtOnce, `
			1s client-1 acquire-sent grant=a
			2s lock     granted      grant=a
			3s client-1 acquired     grant=a op=1
			4s client-1 deadline     grant=a
			5s client-2 acquire-sent grant=b
			6s lock     granted      grant=b`, "1: 1 to 1"},
		{"a grant that comes when nobody waits for it any more", GrantsAtOnce, `
			1s client-1 acquire-sent grant=a
			2s client-1 acquire-sent grant=c
			3s lock     granted      grant=c
			4s lock     granted      grant=a`, "1: 1 to 1"},
		{"one of two jobs was charged for twice", DuplicateShare, `
			1s ledger ledger-write client=client-1 op=1 job=job-1 version=1
			2s ledger ledger-write client=client-2 op=2 job=job-1 base=1 version=2
			3s ledger ledger-write client=client-2 op=3 job=job-1 base=2 version=3
			4s ledger ledger-write client=client-2 op=4 job=job-2 base=3 version=4`, "1: 0.5 to 0.5"},
		{"nothing was charged", DuplicateShare, `1s ledger ledger-opened`, ""},
		{"names that rise have no inversions", Inversions, `
			1s lock granted grant=a
			2s lock granted grant=b
			3s lock granted grant=c`, "1: 0 to 0"},
		{"names that fall once", Inversions, `
			1s lock granted grant=a
			2s lock granted grant=c
			3s lock granted grant=b`, "1: 0.5 to 0.5"},
		{"one grant has no neighbour", Inversions, `1s lock granted grant=a`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, m := range MeasureAll(trace.Read(transcript(t, c.history))) {
				if m.Measure == c.measure {
					got = fmt.Sprintf("%d: %.6g to %.6g", m.Count, m.Least, m.Most)
				}
			}
			if got != c.want {
				t.Errorf("%s is %q, want %q", c.measure, got, c.want)
			}
		})
	}
}

func TestMessagesAreThoseOfClientsToTheService(t *testing.T) {
	h := transcript(t, `
		1s client-1 acquired op=1 grant=a
		2s client-2 acquired op=2 grant=b`)
	h.Header.Traffic = []sim.Traffic{
		{From: "client-1", To: "lock", Messages: 2},
		{From: "client-2", To: "lock", Messages: 3},
		{From: "client-1", To: "ledger", Messages: 100},
		{From: "lock", To: "client-1", Messages: 100},
	}
	for _, m := range MeasureAll(trace.Read(h)) {
		if m.Measure == Messages {
			if m.Least != 2.5 || m.Most != 2.5 {
				t.Errorf("%v messages for each grant, want 2.5", m)
			}
			return
		}
	}
	t.Error("messages were not measured")
}

func TestEveryMeasureSaysWhatItMeans(t *testing.T) {
	for _, m := range Measures() {
		if strings.TrimSpace(m.Means()) == "" {
			t.Errorf("%s means nothing", m)
		}
	}
}
