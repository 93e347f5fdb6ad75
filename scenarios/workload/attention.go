package workload

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// attention is a client's discipline at work: how it treats what it knows about one lease while it
// works under it.
type attention struct {
	host  sim.Host
	plan  Plan
	op    string
	lease backends.Lease
	told  bool          // the client knows that the lock is lost, or that its deadline has passed
	since time.Duration // when told: since when, on the host's monotonic clock
}

func (t *Teller) attend(op string, lease backends.Lease) *attention {
	return &attention{host: t.host, plan: t.plan, op: op, lease: lease}
}

// work lets the time pass that the work between read and write takes. It returns false if the
// client stopped because it was told that the lock is lost.
func (a *attention) work(long time.Duration) bool {
	lost := a.lease.Lost()
	if a.plan.Discipline == Heedless || lost == nil {
		a.host.Sleep(long)
		return true
	}
	end := a.host.Now() + long
	if !lost.Wait(long) {
		return true
	}
	const told = "it was told that the lock is lost"
	if a.plan.Discipline != Late {
		a.stop(told)
		return false
	}
	a.ignore(a.host.Now(), told)
	left := end - a.host.Now()
	if left > a.plan.Late {
		a.host.Sleep(a.plan.Late)
		a.stop("it has kept working for as long as its discipline allows")
		return false
	}
	a.host.Sleep(left)
	return true
}

// look checks the deadline right before the write or charge. It returns false if the client gives
// up because its lease is over. A heedless client does not look.
func (a *attention) look() bool {
	switch a.plan.Discipline {
	case Heedless:
		return true
	case Attentive, Late:
	default:
		panic(fmt.Sprintf("unknown discipline %q", string(a.plan.Discipline)))
	}
	if a.lease.Valid() {
		a.host.Record(sim.Event{Kind: sim.Check, Op: a.op, Grant: a.lease.Grant()})
		return true
	}
	if a.plan.Discipline == Late && a.host.Now()-a.over() < a.plan.Late {
		a.ignore(a.over(), "its deadline has passed")
		return true
	}
	a.stop("the lease is over")
	return false
}

// over returns when the client could first know that its lease is over: when it was told, or at its
// deadline. If it knows of neither, that is now.
func (a *attention) over() time.Duration {
	switch until := a.lease.Until(); {
	case a.told:
		return a.since
	case until > 0 && until < a.host.Now():
		return until
	}
	return a.host.Now()
}

// ignore records that the client knows better and works on. It does so only once.
func (a *attention) ignore(since time.Duration, why string) {
	if a.told {
		return
	}
	a.told, a.since = true, since
	a.host.Record(sim.Event{Kind: sim.Ignored, Op: a.op, Grant: a.lease.Grant(), Note: why})
}

func (a *attention) stop(why string) {
	a.host.Record(sim.Event{Kind: sim.Abandon, Op: a.op, Grant: a.lease.Grant(), Note: why})
}
