package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
)

func TestMeasuresAreReadOffAHistory(t *testing.T) {
	for _, c := range []struct {
		name    string
		measure Measure
		history string
		want    string // count, least, most; empty: nothing was measured
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
			for _, m := range MeasureAll(transcript(t, c.history)) {
				if m.Measure == c.measure {
					got = fmt.Sprintf("%d: %g to %g", m.Count, m.Least, m.Most)
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
	for _, m := range MeasureAll(h) {
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
