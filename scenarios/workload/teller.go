package workload

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// Teller is a client at work: it makes withdrawals under the lock and records everything it does.
// The same code runs in both worlds.
type Teller struct {
	host    sim.Host
	lock    backends.Lock
	balance ledger.Register // the balance that withdrawals change
	account ledger.Account  // for jobs; nil: the lock service keeps the balance
	set     backends.Adder  // where elements are added; nil: it takes the lock
	plan    Plan

	started  bool          // it has waited for the start of the plan
	began    time.Duration // when that wait was over
	finished int           // withdrawals, jobs or elements
}

// NewTeller returns a teller that still has neither a lock nor a set.
func NewTeller(host sim.Host, plan Plan) *Teller { return &Teller{host: host, plan: plan} }

// TakeSet gives the teller the set that it adds elements to.
func (t *Teller) TakeSet(set backends.Adder) { t.set = set }

// Take gives the teller its lock and its account. account is nil if the lock service keeps it.
func (t *Teller) Take(lock backends.Lock, account ledger.Account, guard ledger.Guard) {
	t.lock, t.account = lock, account
	if account != nil {
		t.balance = account
	} else {
		t.balance = lock.(backends.Keeper).Account(guard)
	}
}

// Work carries out the plan. Called again after a crash, it resumes with what was not finished, as
// workers of a task queue do.
func (t *Teller) Work() {
	if !t.started {
		t.host.Sleep(t.plan.Start)
		t.started, t.began = true, t.host.Now()
	}
	for t.finished < t.plan.Times {
		if t.finished > 0 {
			t.rest()
		}
		n := t.finished
		op := fmt.Sprintf("%s/%d", t.host.ID(), n+1)
		switch t.plan.Kind {
		case Withdraw:
			t.underLock(op, func(lease backends.Lease) { t.withdraw(op, lease) })
		case ChargeOnce:
			t.underLock(op, func(lease backends.Lease) { t.chargeOnce(op, fmt.Sprintf("job-%d", n+1), lease) })
		case Add:
			t.add(op)
		default:
			panic(fmt.Sprintf("unknown workload %q", string(t.plan.Kind)))
		}
		t.finished++
	}
	t.host.Record(sim.Event{Kind: sim.Done})
}

// rest waits for the next time at which the plan starts a withdrawal. Times that have passed are
// skipped: how often a client asks does not depend on what it gets.
func (t *Teller) rest() {
	if t.plan.Every > 0 {
		t.host.Sleep(t.plan.Every - (t.host.Now()-t.began)%t.plan.Every)
	}
}

// underLock takes the lock, calls do and gives the lock back.
func (t *Teller) underLock(op string, do func(backends.Lease)) {
	t.host.Record(sim.Event{Kind: sim.Acquire, Op: op})
	lease, err := t.lock.Acquire(t.plan.Wait)
	if err != nil {
		t.host.Record(sim.Event{Kind: sim.NotAcquired, Op: op, Note: err.Error()})
		return
	}
	t.host.Record(sim.Event{Kind: sim.Acquired, Op: op, Grant: lease.Grant(), Token: lease.Token(), Until: lease.Until()})

	do(lease)

	t.host.Record(sim.Event{Kind: sim.Release, Op: op, Grant: lease.Grant()})
	if err := lease.Release(); err != nil {
		t.host.Record(sim.Event{Kind: sim.NotReleased, Op: op, Grant: lease.Grant(), Refused: errors.Is(err, backends.ErrLost), Note: err.Error()})
		return
	}
	t.host.Record(sim.Event{Kind: sim.Released, Op: op, Grant: lease.Grant()})
}

// withdraw reads the balance, works, and writes the balance back: two steps, with nothing but the
// lock to keep others out in between.
func (t *Teller) withdraw(op string, lease backends.Lease) {
	shown := shownOf(lease)
	statement, err := t.balance.Read(op, shown, t.plan.Answer)
	if err != nil {
		t.host.Record(sim.Event{Kind: failed(err, sim.ReadRefused, sim.ReadUnknown), Op: op, Token: shown.Token, Note: err.Error()})
		return
	}
	work, drawn := t.plan.WorkOn(op)
	t.host.Record(sim.Event{Kind: sim.Read, Op: op, Token: statement.Token, Version: statement.Version, Balance: statement.Balance, Note: drawn})

	if a := t.attend(op, lease); !a.work(work) || !a.look() {
		return
	}
	order := ledger.Order{
		Op: op, Shown: shown.Writing(statement),
		Base: statement.Version, Balance: statement.Balance - ledger.Withdrawal,
	}
	t.host.Record(sim.Event{Kind: sim.Write, Op: op, Grant: lease.Grant(), Token: order.Shown.Token, Base: order.Base, Balance: order.Balance})
	version, err := t.balance.Write(order, t.plan.Answer)
	if err != nil {
		t.host.Record(sim.Event{Kind: failed(err, sim.WriteRefused, sim.WriteUnknown), Op: op, Token: order.Shown.Token, Note: err.Error()})
		return
	}
	t.host.Record(sim.Event{Kind: sim.Wrote, Op: op, Version: version})
}

// shownOf returns the part of a lease that the account gets to see.
func shownOf(lease backends.Lease) ledger.Pass {
	return ledger.Pass{Token: lease.Token(), Value: lease.Grant()}
}

// failed returns the event of a failure: refused for a refusal, unknown for an answer that never
// came.
func failed(err error, refused, unknown sim.Kind) sim.Kind {
	if errors.Is(err, ledger.ErrRefused) {
		return refused
	}
	return unknown
}
