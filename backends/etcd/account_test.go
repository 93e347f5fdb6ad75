package etcd

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// A transaction has the condition that its guard requires, and no other.
func TestWhatATransactionAsksIsAskedWhenItIsCarriedOut(t *testing.T) {
	held := func(m *Model) Key { // client-1 has the lock
		lease := m.Apply(Command{Kind: CommandLeaseGrant, TTL: time.Hour}).Lease
		return m.Apply(Command{Kind: CommandCreate, Key: LockPrefix + "1", Prefix: LockPrefix, Lease: lease}).Own
	}
	for _, c := range []struct {
		name   string
		before func(m *Model, k Key)
		put    Put
		done   bool
	}{
		{"the key is there", func(*Model, Key) {}, Put{LockKey: LockPrefix + "1"}, true},
		{"the key went with its lease", func(m *Model, k Key) { m.Apply(Command{Kind: CommandLeaseExpire, Lease: k.Lease}) }, Put{LockKey: LockPrefix + "1"}, false},
		{"the key was deleted", func(m *Model, k Key) { m.Apply(Command{Kind: CommandDelete, Key: k.Name}) }, Put{LockKey: LockPrefix + "1"}, false},
		{"the key is there again, as its session has the lock again", func(m *Model, k Key) {
			m.Apply(Command{Kind: CommandDelete, Key: k.Name})
			m.Apply(Command{Kind: CommandCreate, Key: k.Name, Prefix: LockPrefix, Lease: k.Lease})
		}, Put{LockKey: LockPrefix + "1"}, false},
		{"nothing is asked", func(m *Model, k Key) { m.Apply(Command{Kind: CommandDelete, Key: k.Name}) }, Put{}, true},
		{"nobody has put meanwhile", func(*Model, Key) {}, Put{Unchanged: true}, true},
		{"somebody has put meanwhile", func(m *Model, _ Key) { m.Apply(Command{Kind: CommandPut}) }, Put{Unchanged: true}, false},
	} {
		m := NewModel()
		k := held(m)
		c.before(m, k)
		before, revision := m.Account(), m.Revision()
		if c.put.LockKey != "" {
			c.put.Created = k.Created
		}
		c.put.Balance = 90
		placed := m.Apply(Command{Kind: CommandPut, Put: c.put}).Placed
		switch after := m.Account(); {
		case placed.Done != c.done:
			t.Errorf("%s: done is %t, expected %t", c.name, placed.Done, c.done)
		case c.done && (after.Version != before.Version+1 || after.Balance != 90):
			t.Errorf("%s: the account is %+v after %+v", c.name, after, before)
		case !c.done && after != before:
			t.Errorf("%s: refused, and the account is %+v after %+v", c.name, after, before)
		}
		if placed.Entry != m.Account() || m.Revision() != revision+1 {
			t.Errorf("%s: answered %+v at revision %d", c.name, placed, m.Revision())
		}
	}
}

// withdrawing takes the lock, reads the account and writes it.
func withdrawing(guard ledger.Guard, wrote *error) locktest.Plan {
	return func(h sim.Host, l backends.Lock) {
		account := l.(backends.Keeper).Account(guard)
		lease := locktest.Take(h, l, time.Hour)
		op := string(h.ID()) + "/1"
		s, err := account.Read(op, ledger.Pass{}, time.Minute)
		if err != nil {
			*wrote = err
			return
		}
		h.Record(sim.Event{Kind: sim.Read, Op: op})
		o := ledger.Order{Op: op, Shown: ledger.Pass{Value: lease.Grant()}, Base: s.Version, Balance: s.Balance - ledger.Withdrawal}
		_, *wrote = account.Write(o, time.Minute)
	}
}

func TestTheWriteOfALateHolderIsRefusedByTheLockItself(t *testing.T) {
	for _, c := range []struct {
		guard ledger.Guard
		want  []string // versions and refusals, in their order
		why   string
	}{
		{ledger.None, []string{"client-2 ledger-write", "client-1 ledger-write"}, ""},
		{ledger.CAS, []string{"client-2 ledger-write", "client-1 ledger-write-refused"}, "computed from version 0, but the account has version 1"},
		{ledger.LockKey, []string{"client-2 ledger-write", "client-1 ledger-write-refused"}, "the key account/1, by which the lock was held, is gone"},
	} {
		s := newStage(t, 1, "etcd", "client-1", "client-2")
		var first, second error
		s.Client("client-1", time.Second, withdrawing(c.guard, &first))
		s.Client("client-2", 2*time.Second, withdrawing(c.guard, &second))
		s.World.Direct([]sim.Step{locktest.PauseOn("client-1", sim.Read, 30*time.Second)})
		var got []string
		for _, e := range s.Run(time.Minute).Events {
			if e.Kind == sim.LedgerWrite || e.Kind == sim.LedgerWriteRefused {
				got = append(got, string(e.Client)+" "+string(e.Kind))
			}
		}
		if second != nil {
			t.Errorf("%s: client 2, which holds the lock: %v", c.guard, second)
		}
		if refused := errors.Is(first, ledger.ErrRefused); refused != (c.why != "") || refused && !strings.Contains(first.Error(), c.why) {
			t.Errorf("%s: client 1, which does not: %v, expected %q", c.guard, first, c.why)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, expected %q", c.guard, got, c.want)
		}
	}
}

func TestAGrantOfAnotherServiceIsNoKey(t *testing.T) {
	for _, grant := range []string{"", "4f8a", "account/1", "account/1@", "@7", "account/1@x", "account/1@0"} {
		if _, err := NewRegister(nil, ledger.LockKey).Write(ledger.Order{Op: "client-1/1", Shown: ledger.Pass{Value: grant}}, time.Second); err == nil {
			t.Errorf("a write with the grant %q was sent", grant)
		}
	}
}
