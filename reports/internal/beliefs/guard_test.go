package beliefs

import (
	"fmt"
	"testing"

	"github.com/locklab/locklab/sim"
)

func TestTheAccountGoesByWhatItsGuardLooksAt(t *testing.T) {
	read := func(client sim.HostID, token uint64) sim.Event { return sim.Event{Client: client, Token: token} }
	write := func(client sim.HostID, token, version uint64) sim.Event {
		e := account(string(client)+"/1", client, version-1, version, 100-10*int64(version))
		e.Token = token
		return e
	}
	lines := []line{
		{1, "ledger", sim.LedgerRead, read("client-1", 1)},
		{2, "ledger", sim.LedgerRead, read("client-2", 2)},
		{3, "ledger", sim.LedgerWrite, write("client-2", 2, 1)},
		{4, "ledger", sim.LedgerRead, read("client-2", 2)},
		{5, "ledger", sim.LedgerWriteRefused, read("client-1", 1)},
	}
	for guard, want := range map[string][]string{
		"none":         nil,
		"cas":          nil,
		"fence-all":    {"0 no token seen yet", "1 highest token seen: 1", "2 highest token seen: 2"},
		"fence-writes": {"0 no token seen yet", "3 highest token seen: 2"},
		"fence-equal":  {"0 no token was set yet", "3 the token that was set: 2"},
		"mint":         {"0 no token handed out yet", "1 highest token handed out: 1", "2 highest token handed out: 2"},
		"value":        {"0 no lock value was set yet", "1 lock value set last: that of client-1", "2 lock value set last: that of client-2"},
	} {
		h := history("redis", guard, one, lines...)
		var got []string
		for _, m := range Remembered(h) {
			got = append(got, fmt.Sprintf("%.0f %s", m.At.Seconds(), m.Says))
		}
		expect(t, "guard "+guard, got, want)
		last := Of(h).At(int64(len(h.Events)))[3].Account.Says
		says := "balance 90 (v1)"
		if n := len(want); n > 0 {
			says += ", " + want[n-1][2:]
		}
		if last != says {
			t.Errorf("guard %s: the account says %q, expected %q", guard, last, says)
		}
	}
}

func TestAWithdrawalThatSomebodyGoesOnFromIsInTheBalanceAgain(t *testing.T) {
	b := Of(history("redis", "none", one,
		line{1, "client-1", sim.Read, account("client-1/1", "", 0, 0, 100)},
		line{2, "client-1", sim.Write, account("client-1/1", "", 0, 0, 90)},
		line{3, "ledger", sim.LedgerWrite, account("client-1/1", "client-1", 0, 1, 90)},
		line{3, "client-1", sim.Wrote, sim.Event{Op: "client-1/1", Version: 1}},
		line{5, "ledger", sim.LedgerWrite, account("client-2/1", "client-2", 0, 2, 70)},
		line{8, "ledger", sim.LedgerWrite, account("client-2/2", "client-2", 1, 3, 80)},
		line{9, "client-1", sim.Done, sim.Event{}},
	))
	expect(t, "mistakes", mistakes(b), []string{
		"client-1 account 5.0-8.0: client-2 has written 70 over it, computed from v0; goes on without having learned of it",
	})
}
