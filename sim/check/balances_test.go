package check

import (
	"fmt"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"pgregory.net/rapid"
)

// TestTheBalanceIsWrongExactlyWhereTheCheckersSaySo lets clients withdraw 10 at a time from
// whatever balance they have read. They are told of it or not.
func TestTheBalanceIsWrongExactlyWhereTheCheckersSaySo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &sim.History{}
		add := func(e sim.Event) {
			e.Seq = int64(len(h.Events) + 1)
			h.Events = append(h.Events, e)
		}
		add(sim.Event{Kind: sim.LedgerOpened, Balance: 100})
		balances := []int64{100}
		for n := range rapid.IntRange(0, 8).Draw(t, "writes") {
			base := rapid.IntRange(max(0, n-2), n).Draw(t, "base")
			balances = append(balances, balances[base]-10)
			op := fmt.Sprint("client-1/", n+1)
			add(sim.Event{Kind: sim.LedgerWrite, Host: "ledger", Client: "client-1", Op: op, Base: uint64(base), Version: uint64(n + 1), Balance: balances[n+1]})
			if rapid.Bool().Draw(t, "told") {
				add(sim.Event{Kind: sim.Wrote, Host: "client-1", Op: op})
			}
		}
		wrong := false
		if all := trace.Balances(h); len(all) > 0 {
			last := all[len(all)-1]
			wrong = last.Is != last.Right
		}
		if f := One(LostUpdate, h); wrong != (f.Verdict == Violated) {
			t.Fatalf("the balance is wrong: %t, and lost-update: %s, %s", wrong, f.Verdict, f.Why)
		}
	})
}

func TestNoHistoryIsTooStrangeToFollowItsBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHistory(t)
		if got := trace.Balances(h); len(got) > len(h.Events) {
			t.Fatalf("%d balances of %d events", len(got), len(h.Events))
		}
	})
}
