package check

import (
	"strings"
	"testing"
)

// Events that are closer together than the observed lag cannot be put in order.
func TestJudgesAllowForStampsAsLateAsTheyAreSeenToBe(t *testing.T) {
	const refused = `
		| world=live
		1s     client-2 acquired op=client-2/1 grant=z
		1%s    lock     granted  grant=z
		2s     lock     expired  grant=z
		3s     lock     granted  grant=a token=1
		3s     client-1 acquired op=client-1/1 grant=a token=1
		4s     ledger   ledger-write-refused op=client-1/1 client=client-1 token=1 note=too_old
		4.050s lock     expired  grant=a`
	judgeTrials(t, FreshRefused, []trial{
		{"prompt", strings.ReplaceAll(refused, "%s", "s"), Violated, "", []int64{4, 6}},
		{"late", strings.ReplaceAll(refused, "%s", ".040s"), Undecided, "too close to tell which came first", nil},
	})
}

func TestAnObserverThatSleptThroughALease(t *testing.T) {
	judgeTrials(t, RecordingSane, []trial{
		{"a lease", `
			| world=live
			1s     client-1 acquire  op=client-1/1
			2s     client-1 acquired op=client-1/1 grant=a
			12s    lock     granted  grant=a
			14s    -        end`, Holds, "4 events", nil},
		{"more", `
			| world=live
			1s      client-1 acquire  op=client-1/1
			2s      client-1 acquired op=client-1/1 grant=a
			12.001s lock     granted  grant=a
			14s     -        end`, Undecided, "event 3 (granted) is stamped 10.001s later than event 2 (acquired), by which time client-1 knew of it", []int64{3}},
	})
}
