package check

import (
	"strings"
	"testing"
)

// pausedHolder is the figure that everyone has seen, as the two clients saw it: client-1 is
// paused for longer than its lease, and client-2 is granted the lock in between.
const pausedHolder = `
	0.001s  client-1 acquired op=client-1/1 grant=a
	10.001s client-1 deadline grant=a
	10.003s client-2 acquired op=client-2/1 grant=b
	12.003s client-2 release  op=client-2/1 grant=b
	15.001s client-1 release  op=client-1/1 grant=a
	16s     -        end`

func TestTwoBeliefsAtOnceAreAnOverlap(t *testing.T) {
	judgeTrials(t, Overlap, []trial{
		{"one after the other", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-2 acquired grant=b
			4s client-2 release  grant=b
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a belief ends when release is called, not when it returns", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-2 acquired grant=b
			4s client-1 released grant=a
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a hand-over in one instant takes no time", `
			1s client-1 acquired grant=a
			2s client-2 acquired grant=b
			2s client-1 release  grant=a
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a client that was told of its loss believes no more", `
			1s client-1 acquired grant=a
			2s client-1 lost     grant=a
			3s client-2 acquired grant=b
			4s client-1 release  grant=a
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a client that has crashed believes nothing", `
			1s client-1 acquired      grant=a
			2s client-1 fault-applied fault=crash_client-1
			3s client-2 acquired      grant=b
			4s client-1 fault-undone  fault=crash_client-1
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"it crashed too late", `
			1s client-1 acquired      grant=a
			3s client-2 acquired      grant=b
			4s client-1 fault-applied fault=crash_holder
			5s -        end`, Violated, "(since 1.000 s, its crash at 4.000 s)", []int64{1, 2, 3}},
		{"another's crash ends nothing, and neither does a pause", `
			1s client-1 acquired      grant=a
			2s client-3 fault-applied fault=crash_client-3
			2s client-1 fault-applied fault=pause_client-1
			3s client-2 acquired      grant=b
			5s -        end`, Violated, "(since 1.000 s, to the end at 5.000 s)", []int64{1, 4, 5}},
		{"one client twice is not two clients", `
			1s client-1 acquired grant=a
			2s client-1 acquired grant=b
			3s client-1 release  grant=a
			4s client-1 release  grant=b
			5s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a paused holder", pausedHolder, Violated,
			"client-2 was granted the lock at 10.003 s while client-1 still believed that it held the lock (since 0.001 s, released at 15.001 s): 1 overlap among 2 beliefs",
			[]int64{1, 3, 5}},
		{"a holder that never comes back believes until the end", `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-2 release  grant=b
			5s -        end`, Violated, "(since 1.000 s, to the end at 5.000 s)", []int64{1, 2, 4}},
		{"a holder that learns of its loss too late", `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-1 lost     grant=a
			5s -        end`, Violated, "(since 1.000 s, told of its loss at 4.000 s)", []int64{1, 2, 3}},
		{"the belief that lasts longest counts, not the latest", `
			1s client-1 acquired grant=a
			2s client-2 acquired grant=b
			3s client-2 release  grant=b
			4s client-2 acquired grant=c
			5s client-1 release  grant=a
			6s client-2 release  grant=c
			7s -        end`, Violated, "2 overlaps among 3 beliefs", []int64{1, 2, 5}},
		{"three clients, the first and the last at once", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			2s client-2 acquired grant=b
			3s client-2 release  grant=b
			3s client-1 acquired grant=c
			4s client-3 acquired grant=d
			5s client-1 release  grant=c
			6s -        end`, Violated, "client-3 was granted the lock at 4.000 s while client-1", []int64{5, 6, 7}},
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

func TestValidBeliefsEndAtTheClientsOwnDeadline(t *testing.T) {
	judgeTrials(t, OverlapValid, []trial{
		{"a paused holder whose deadline had passed", pausedHolder, Holds, "2 beliefs, never two at once", nil},
		{"a reply that came after the lease began late, without an elapsed check", `
			0.001s  client-1 acquire-sent grant=a
			10.003s client-2 acquired     grant=b
			15s     client-1 acquired     grant=a
			20.003s client-2 deadline     grant=b
			25s     client-1 deadline     grant=a
			30s     -        end`, Violated,
			"client-1 was granted the lock at 15.000 s while client-2 still held a lease that was valid by its own clock (since 10.003 s, its deadline at 20.003 s)",
			[]int64{2, 3, 4}},
		{"an acquisition past its deadline is no belief at all", `
			10.003s client-2 acquired grant=b
			15s     client-1 acquired grant=a
			15s     client-1 deadline grant=a
			16s     client-2 release  grant=b
			30s     -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a renewal in time leaves the belief as it is", `
			1s  client-1 acquired grant=a
			5s  client-1 renewed  grant=a
			12s client-2 acquired grant=b
			15s client-1 deadline grant=a
			16s -        end`, Violated, "(since 1.000 s, its deadline at 15.000 s)", []int64{1, 3, 4}},
		{"a renewal after the deadline brings the belief back", `
			1s  client-1 acquired grant=a
			11s client-1 deadline grant=a
			12s client-1 renewed  grant=a
			13s client-2 acquired grant=b
			14s client-1 release  grant=a
			16s -        end`, Violated, "while client-1 still held a lease that was valid by its own clock (since 12.000 s", []int64{3, 4, 5}},
		{"a renewal that meets another's valid lease", `
			1s  client-1 acquired grant=a
			11s client-1 deadline grant=a
			12s client-2 acquired grant=b
			13s client-1 renewed  grant=a
			14s client-2 release  grant=b
			16s -        end`, Violated, "client-1 had its lease renewed at 13.000 s while client-2", []int64{3, 4, 5}},
		{"a renewal after the release brings nothing back", `
			1s  client-1 acquired grant=a
			2s  client-1 release  grant=a
			3s  client-1 renewed  grant=a
			4s  client-2 acquired grant=b
			5s  client-1 deadline grant=a
			16s -        end`, Holds, "2 beliefs, never two at once", nil},
		{"a lock that knows of no deadline", `
			1s client-1 acquired grant=a
			3s client-2 acquired grant=b
			4s client-1 release  grant=a
			5s -        end`, Violated, "client-2 was granted the lock at 3.000 s", []int64{1, 2, 3}},
		{"a grant without a name", `
			1s client-1 acquired
			5s -        end`, Undecided, "beliefs cannot be matched to grants", nil},
	})
}

// An overlap that is no longer than a slow machine may be late is not the lock's doing.
func TestWhatTheMachineMayHaveMadeIsBrief(t *testing.T) {
	const apart = `
		1s     client-1 acquired op=client-1/1 grant=a
		2s     client-2 acquired op=client-2/1 grant=b
		2.022s client-1 release  op=client-1/1 grant=a
		3s     client-2 release  op=client-2/1 grant=b`
	for _, each := range []struct {
		name, history string
		brief         bool
	}{
		{"as long as the machine may have been late", "| bears=20ms" + apart, true},
		{"longer", "| bears=20ms" + strings.Replace(apart, "2.022s", "2.023s", 1), false},
		{"virtual time waits for every process", apart, false},
		{"once briefly and once for longer", "| bears=20ms" + apart + `
			4s client-1 acquired op=client-1/2 grant=c
			5s client-2 acquired op=client-2/2 grant=d
			6s client-1 release  op=client-1/2 grant=c`, false},
		{"nobody was at once with another", "| bears=20ms" + strings.Replace(apart, "2.022s", "1.9s", 1), false},
	} {
		h := transcript(t, each.history)
		for _, p := range []Property{Overlap, OverlapValid, WorkOverlap} {
			if f := One(p, h); f.Brief != each.brief || f.Brief && f.Verdict != Violated {
				t.Errorf("%s, %s: brief is %v, %v", each.name, p, f.Brief, f)
			}
		}
	}
}
