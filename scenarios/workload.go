package scenarios

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// Plan is the workload of one client under the trial's lease. All times are nanoseconds of the
// client's own monotonic clock.
type Plan struct {
	Kind  WorkloadKind  `json:"kind"`  // what to do, under the lock or without
	Times int           `json:"times"` // withdrawals, jobs or elements, one after the other
	Start time.Duration `json:"start"` // when the first begins
	Every time.Duration `json:"every"` // from the start of one to the start of the next; 0: no break
	Think time.Duration `json:"think"` // work between the read and the write, or before an element
	// ThinkAtLeast is set where the work is drawn anew for each withdrawal or job, uniformly from
	// ThinkAtLeast to Think. Seed is the seed of the draw.
	ThinkAtLeast *time.Duration `json:"thinkAtLeast,omitempty"`
	Seed         uint64         `json:"seed,omitempty"`
	Wait         time.Duration  `json:"wait"`   // how long one acquire may wait for the lock
	Answer       time.Duration  `json:"answer"` // how long to wait for the account's answer
	// Discipline is how the client treats what it knows of its lock.
	Discipline DisciplineKind `json:"discipline"`
	Late       time.Duration  `json:"late"` // for a late client: how long it works on
}

// plan resolves the workload for the trial's client with this index, from 0.
func (t Trial) plan(index int) Plan {
	s, ttl := t.Scenario, t.TTL
	w, d := s.own(index).in(s.Workload), s.discipline(index, t.Discipline)
	p := Plan{
		Kind:   w.Kind,
		Times:  w.Times,
		Start:  w.start(index, ttl, t.Seed),
		Every:  w.Every.In(ttl),
		Think:  w.Think.In(ttl),
		Wait:   w.Wait.In(ttl),
		Answer: s.Until.In(ttl),

		Discipline: d.Kind,
		Late:       d.Late.In(ttl),
	}
	if least := w.ThinkAtLeast; least != nil {
		from := least.In(ttl)
		p.ThinkAtLeast, p.Seed = &from, t.Seed
	}
	return p
}

// start returns when the client with this index begins.
func (w Workload) start(index int, ttl time.Duration, seed uint64) time.Duration {
	most := w.Stagger.In(ttl)
	if w.StaggerAtLeast == nil {
		return time.Duration(index) * most
	}
	var start time.Duration
	for i := 1; i <= index; i++ {
		start += sim.DrawLength(seed, "stagger of "+string(ClientID(i)), w.StaggerAtLeast.In(ttl), most)
	}
	return start
}

// work returns how long the client works on one withdrawal or attempt at a job. If that length is
// drawn, note records it.
func (p Plan) work(op string) (long time.Duration, note string) {
	if p.ThinkAtLeast == nil {
		return p.Think, ""
	}
	long = sim.DrawLength(p.Seed, "work of "+op, *p.ThinkAtLeast, p.Think)
	return long, "drawn: works for " + long.String()
}

// teller is a client at work: it makes withdrawals under the lock and records everything it does.
// The same code runs in both worlds.
type teller struct {
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

// take gives the teller its lock and its account. account is nil if the lock service keeps it.
func (t *teller) take(lock backends.Lock, account ledger.Account, guard ledger.Guard) {
	t.lock, t.account = lock, account
	if account != nil {
		t.balance = account
	} else {
		t.balance = lock.(backends.Keeper).Account(guard)
	}
}

// work carries out the plan. Called again after a crash, it resumes with what was not finished, as
// workers of a task queue do.
func (t *teller) work() {
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
func (t *teller) rest() {
	if t.plan.Every > 0 {
		t.host.Sleep(t.plan.Every - (t.host.Now()-t.began)%t.plan.Every)
	}
}

// underLock takes the lock, calls do and gives the lock back.
func (t *teller) underLock(op string, do func(backends.Lease)) {
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
func (t *teller) withdraw(op string, lease backends.Lease) {
	shown := shownOf(lease)
	statement, err := t.balance.Read(op, shown, t.plan.Answer)
	if err != nil {
		t.host.Record(sim.Event{Kind: failed(err, sim.ReadRefused, sim.ReadUnknown), Op: op, Token: shown.Token, Note: err.Error()})
		return
	}
	work, drawn := t.plan.work(op)
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
