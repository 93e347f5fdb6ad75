package ledger

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func read(op string, token uint64) Command {
	return Command{Kind: ReadCommand, Op: op, Token: token}
}

func write(op string, token, base uint64, balance int64) Command {
	return Command{Kind: WriteCommand, Op: op, Token: token, Base: base, Balance: balance}
}

func charge(op, job string, token, base uint64) Command {
	return Command{Kind: ChargeCommand, Op: op, Job: job, Token: token, Base: base, Amount: Withdrawal}
}

// step is a command and the expected answer: "" if it must be executed, else part of the reason for
// refusing it.
type step struct {
	command Command
	refused string
}

func play(t *testing.T, guard Guard, steps []step) *Model {
	t.Helper()
	m := NewModel(guard)
	for i, s := range steps {
		before := copyOf(m)
		r := m.Apply(s.command)
		switch {
		case s.refused == "" && r.Refused != "":
			t.Fatalf("step %d, %+v: refused because %s", i+1, s.command, r.Refused)
		case s.refused != "" && !strings.Contains(r.Refused, s.refused):
			t.Fatalf("step %d, %+v: answer %+v, expected a refusal that says %q", i+1, s.command, r, s.refused)
		case s.refused != "" && !reflect.DeepEqual(m, before):
			t.Fatalf("step %d, %+v: was refused but changed the account from %+v to %+v", i+1, s.command, *before, *m)
		}
	}
	return m
}

func copyOf(m *Model) *Model {
	c := *m
	c.effects, c.done = maps.Clone(m.effects), maps.Clone(m.done)
	return &c
}

// lostUpdate is the order of Kleppmann's figure: both holders have read the opening balance, the
// second writes, then the first wakes and writes.
func lostUpdate(refused string) []step {
	return []step{
		{read("client-1/1", 33), ""},
		{read("client-2/1", 34), ""},
		{write("client-2/1", 34, 0, 90), ""},
		{write("client-1/1", 33, 0, 90), refused},
	}
}

func TestNoGuardLosesTheWithdrawalOfTheSecondHolder(t *testing.T) {
	m := play(t, None, lostUpdate(""))
	if m.balance != OpeningBalance-Withdrawal || m.version != 2 {
		t.Errorf("after two withdrawals: balance %d version %d, expected one of them lost", m.balance, m.version)
	}
}

func TestEveryFenceRefusesTheOlderHolderAfterTheNewerOneHasWritten(t *testing.T) {
	for _, g := range []Guard{FenceWrites, FenceAll} {
		t.Run(string(g), func(t *testing.T) { play(t, g, lostUpdate("token 33 is lower than 34")) })
	}
	play(t, FenceEqual, lostUpdate("token 33 is not 34"))
}

// The storage of etcd's contrib/lock compares for equality.
func TestFenceEqualLocksOutTheNextRightfulHolder(t *testing.T) {
	play(t, FenceEqual, []step{
		{write("client-2/1", 34, 0, 90), ""},
		{write("client-2/1", 34, 1, 80), ""}, // the same holder may go on
		{write("client-1/1", 33, 0, 90), "token 33 is not 34, the one that was set"},
		{write("client-3/1", 35, 2, 70), "token 35 is not 34, the one that was set"},
		{write("client-2/1", 34, 2, 70), ""},
	})
}

func TestUniqueRefusesASecondEffectOfOneId(t *testing.T) {
	m := play(t, Unique, []step{
		{write("client-1/1", 0, 0, 90), ""},
		{write("client-1/1", 0, 1, 80), "there is an effect with the id client-1/1 already"},
		{charge("client-1/2", "job-1", 0, 1), ""},
		{charge("client-2/2", "job-1", 0, 2), "there is an effect with the id job-1 already"},
		{charge("client-2/3", "job-2", 0, 2), ""},
	})
	if m.balance != OpeningBalance-3*Withdrawal {
		t.Errorf("balance %d, expected three withdrawals", m.balance)
	}
}

// Two withdrawals have two ids, whatever balance they were computed from.
func TestUniqueDoesNotSaveTheWithdrawalOfTheSecondHolder(t *testing.T) {
	play(t, Unique, lostUpdate(""))
}

func TestAChargeIsTakenOffWhateverTheBalanceIs(t *testing.T) {
	m := play(t, None, []step{
		{charge("client-1/1", "job-1", 0, 0), ""},
		{charge("client-2/1", "job-1", 0, 0), ""},
	})
	if m.balance != OpeningBalance-2*Withdrawal || m.version != 2 {
		t.Errorf("balance %d version %d after two charges from the same version", m.balance, m.version)
	}
}

func TestGuardsTreatAChargeLikeAWrite(t *testing.T) {
	play(t, CAS, []step{
		{charge("client-1/1", "job-1", 0, 0), ""},
		{charge("client-2/1", "job-1", 0, 0), "computed from version 0, but the account has version 1"},
	})
	for _, g := range []Guard{FenceWrites, FenceAll} {
		play(t, g, []step{
			{charge("client-2/1", "job-1", 34, 0), ""},
			{charge("client-1/1", "job-1", 33, 0), "token 33 is lower than 34"},
		})
	}
	play(t, FenceEqual, []step{
		{charge("client-2/1", "job-1", 34, 0), ""},
		{charge("client-3/1", "job-2", 35, 1), "token 35 is not 34"},
	})
}

func TestAJobIsDoneOnceItIsMarkedAndNoSooner(t *testing.T) {
	for _, g := range Guards() {
		m := NewModel(g)
		look := Command{Kind: ReadCommand, Op: "client-1/1", Job: "job-1", Token: 1, Value: "a"}
		if r := m.Apply(look); r.Done {
			t.Errorf("%s: the job is done before it was charged for: %+v", g, r)
		}
		m.Apply(with("a", charge("client-1/1", "job-1", 1, 0)))
		if r := m.Apply(look); r.Done {
			t.Errorf("%s: the job is done before it was marked: %+v", g, r)
		}
		for range 2 { // a mark may be repeated, and needs no token
			if r := m.Apply(Command{Kind: MarkCommand, Op: "client-1/1", Job: "job-1"}); r.Refused != "" || r.Version != 1 {
				t.Errorf("%s: the mark was answered with %+v", g, r)
			}
		}
		other := look
		other.Job = "job-2"
		if r := m.Apply(look); !r.Done || m.Apply(other).Done {
			t.Errorf("%s: after the mark the job reads as %+v", g, r)
		}
	}
}

func TestCASRefusesTheWriteOfAnOutdatedRead(t *testing.T) {
	play(t, CAS, lostUpdate("computed from version 0, but the account has version 1"))
}

func TestFenceWritesLosesAnUpdateWhenTheNewerHolderHasOnlyRead(t *testing.T) {
	m := play(t, FenceWrites, []step{
		{read("client-1/1", 33), ""},
		{read("client-2/1", 34), ""}, // a read raises nothing
		{write("client-1/1", 33, 0, 90), ""},
		{write("client-2/1", 34, 0, 90), ""},
	})
	if m.version != 2 || m.balance != 90 {
		t.Errorf("balance %d version %d, expected two accepted writes and one withdrawal lost", m.balance, m.version)
	}
}

func TestFenceAllRefusesTheOlderHolderAfterTheNewerOneHasRead(t *testing.T) {
	play(t, FenceAll, []step{
		{read("client-1/1", 33), ""},
		{read("client-2/1", 34), ""},
		{write("client-1/1", 33, 0, 90), "token 33 is lower than 34"},
		{write("client-2/1", 34, 0, 90), ""},
	})
}

func TestFenceAllRefusesTheOlderHoldersRead(t *testing.T) {
	play(t, FenceAll, []step{
		{read("client-2/1", 34), ""},
		{read("client-1/1", 33), "token 33 is lower than 34"},
	})
}

// with gives a command the value of a lock.
func with(value string, c Command) Command {
	c.Value = value
	return c
}

// "Set the resource's state to your value, and write only if it is still yours" (antirez,
// "Is Redlock safe?", 2016).
func TestValueRefusesWhoWasNotTheLastToSetItsValue(t *testing.T) {
	m := play(t, Value, []step{
		{with("a", read("client-1/1", 0)), ""},
		{with("b", read("client-2/1", 0)), ""},
		{with("b", write("client-2/1", 0, 0, 90)), ""},
		{with("a", write("client-1/1", 0, 0, 90)), "the lock value a is not b, the one that was set last"},
	})
	if m.balance != OpeningBalance-Withdrawal || m.version != 1 {
		t.Errorf("balance %d version %d, expected one withdrawal and no other taken", m.balance, m.version)
	}
}

// The account does not know which client got the lock last, only which one read last.
func TestValueRefusesTheNewerHolderWhenTheOlderOneReadsLate(t *testing.T) {
	play(t, Value, []step{
		{with("b", read("client-2/1", 0)), ""},
		{with("a", read("client-1/1", 0)), ""},
		{with("b", write("client-2/1", 0, 0, 90)), "the lock value b is not a"},
		{with("b", charge("client-2/1", "job-1", 0, 0)), "the lock value b is not a"},
		{with("a", write("client-1/1", 0, 0, 90)), ""},
		{with("a", write("client-1/2", 0, 1, 80)), ""}, // it may go on
	})
}

func TestValueRefusesWhoShowsNone(t *testing.T) {
	play(t, Value, []step{
		{read("client-1/1", 0), "carries no lock value"},
		{write("client-1/1", 0, 0, 90), "carries no lock value"},
		{with("a", write("client-1/1", 0, 0, 90)), "the lock value a is not none"},
	})
}

func TestMintRefusesWhoWasNotTheLastToRead(t *testing.T) {
	m := play(t, Mint, []step{
		{write("client-3/1", 0, 0, 90), "carries no fencing token"}, // has not read
		{read("client-1/1", 0), ""},                                 // gets 1
		{read("client-2/1", 0), ""},                                 // gets 2
		{write("client-1/1", 1, 0, 90), "token 1 is lower than 2, the highest one handed out"},
		{charge("client-1/1", "job-1", 1, 0), "token 1 is lower than 2, the highest one handed out"},
		{write("client-2/1", 2, 0, 90), ""},
		{write("client-2/2", 2, 1, 80), ""}, // it may go on
	})
	if r := m.Apply(read("client-1/2", 0)); r.Token != 3 {
		t.Errorf("the third read is answered with %+v, expected the token 3", r)
	}
}

func TestOnlyMintHandsOutTokens(t *testing.T) {
	for _, g := range Guards() {
		if r := NewModel(g).Apply(with("a", read("client-1/1", 7))); r.Refused != "" || (r.Token != 0) != (g == Mint) {
			t.Errorf("%s answers a read with %+v", g, r)
		}
	}
}

func TestAFenceLetsTheSameHolderGoOn(t *testing.T) {
	for _, g := range []Guard{FenceWrites, FenceAll} {
		t.Run(string(g), func(t *testing.T) {
			play(t, g, []step{
				{read("client-1/1", 33), ""},
				{write("client-1/1", 33, 0, 90), ""},
				{read("client-1/1", 33), ""},
				{write("client-1/1", 33, 1, 80), ""},
			})
		})
	}
}

func TestAFenceRefusesWhoCarriesNoToken(t *testing.T) {
	for _, g := range []Guard{FenceWrites, FenceAll, FenceEqual} {
		t.Run(string(g), func(t *testing.T) {
			play(t, g, []step{{write("client-1/1", 0, 0, 90), "carries no fencing token"}})
		})
	}
	play(t, FenceAll, []step{{read("client-1/1", 0), "carries no fencing token"}})
	play(t, FenceWrites, []step{{read("client-1/1", 0), ""}})
}

func TestGuardsAreFoundByName(t *testing.T) {
	for _, g := range Guards() {
		got, err := ParseGuard(string(g))
		if err != nil || got != g {
			t.Errorf("ParseGuard(%q) = %q, %v", g, got, err)
		}
		if g.Rule() == "" {
			t.Errorf("guard %s has no rule", g)
		}
	}
	_, err := ParseGuard("fences")
	if err == nil || !strings.Contains(err.Error(), `"fences"`) || !strings.Contains(err.Error(), "fence-writes, fence-all, fence-equal, cas, unique, value, mint") {
		t.Errorf("ParseGuard of an unknown name: %v, expected the name and the ones that exist", err)
	}
}

func TestOnlyFencesNeedTokens(t *testing.T) {
	for g, needs := range map[Guard]bool{None: false, FenceWrites: true, FenceAll: true, FenceEqual: true, CAS: false, Unique: false, Value: false, Mint: false} {
		if g.NeedsToken() != needs {
			t.Errorf("guard %s needs a token: %t, expected %t", g, g.NeedsToken(), needs)
		}
	}
}
