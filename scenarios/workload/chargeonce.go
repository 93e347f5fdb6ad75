package workload

import (
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// chargeOnce does a job that must be done once: it reads whether somebody has done it, works,
// charges the account, and marks the job as done. The charge and the mark are two steps, as with a
// payment and one's own database, so the lock must keep others out from the read to the mark.
func (t *Teller) chargeOnce(op, job string, lease backends.Lease) {
	shown := shownOf(lease)
	statement, err := t.account.ReadJob(op, job, shown, t.plan.Answer)
	if err != nil {
		t.host.Record(sim.Event{Kind: failed(err, sim.ReadRefused, sim.ReadUnknown), Op: op, Job: job, Token: shown.Token, Note: err.Error()})
		return
	}
	work, drawn := t.plan.WorkOn(op)
	if statement.Done {
		drawn = "" // there is no work left
	}
	t.host.Record(sim.Event{Kind: sim.Read, Op: op, Job: job, Token: statement.Token, Version: statement.Version, Balance: statement.Balance, Note: drawn})
	if statement.Done {
		t.host.Record(sim.Event{Kind: sim.Skipped, Op: op, Job: job})
		return
	}

	if a := t.attend(op, lease); !a.work(work) || !a.look() {
		return
	}
	charge := ledger.Charge{Op: op, Job: job, Shown: shown.Writing(statement), Base: statement.Version, Amount: ledger.Withdrawal}
	t.host.Record(sim.Event{
		Kind: sim.Write, Op: op, Job: job, Grant: lease.Grant(), Token: charge.Shown.Token,
		Base: charge.Base, Balance: statement.Balance - charge.Amount,
	})
	version, err := t.account.Charge(charge, t.plan.Answer)
	if err != nil {
		t.host.Record(sim.Event{Kind: failed(err, sim.WriteRefused, sim.WriteUnknown), Op: op, Job: job, Token: charge.Shown.Token, Note: err.Error()})
		return
	}
	t.host.Record(sim.Event{Kind: sim.Wrote, Op: op, Job: job, Version: version})

	if err := t.account.Mark(op, job, t.plan.Answer); err != nil {
		t.host.Record(sim.Event{Kind: sim.MarkUnknown, Op: op, Job: job, Note: err.Error()})
		return
	}
	t.host.Record(sim.Event{Kind: sim.Marked, Op: op, Job: job})
}
