package beliefs

import (
	"fmt"
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// client is what one client knows: only what it did itself and was told.
type client struct {
	id    sim.HostID
	trace *trace.Trace
	truth *lockTruth
	money *moneyTruth

	waits    string          // the operation for which it asked for the lock
	coming   []*trace.Belief // beliefs in holding the lock that have not begun yet
	holds    []*trace.Belief // begun and not ended
	overdue  bool            // the last of them is past its deadline
	releases string          // the grant that it asked to release
	down     bool            // crashed
	work     work

	lockSays, accountSays track
}

// work is what a client knows of the account.
type work struct {
	state   State // Nothing, Knows, Unsure or Counts
	op, job string
	version uint64 // that it read, or made
	balance int64
	writes  bool  // it has sent its write
	amount  int64 // of its withdrawal, once it wrote
	taken   bool  // the account has accepted the write, which the client does not know yet
	wrong   string
}

// see processes what happened on the client's host.
func (c *client) see(e *sim.Event) {
	c.seeBeliefs(e)
	switch e.Kind {
	case sim.FaultApplied:
		if c.trace.KindOf(e).SwitchesOff() {
			c.crash()
		}
	case sim.FaultUndone:
		if c.trace.KindOf(e).SwitchesOff() {
			c.down = false
		}
	case sim.FaultProven, sim.FaultUnproven, sim.Late: // say nothing about the client
	default:
		c.down = false
		c.seeLock(e)
		c.seeAccount(e)
	}
}

// crash makes a client forget everything.
func (c *client) crash() {
	c.waits, c.releases, c.work, c.down = "", "", work{}, true
}

// seeBeliefs finds which locks the client believes to hold right after an event on its host.
func (c *client) seeBeliefs(e *sim.Event) {
	for len(c.coming) > 0 && c.coming[0].Began.Seq <= e.Seq {
		c.holds, c.coming = append(c.holds, c.coming[0]), c.coming[1:]
	}
	c.holds = slices.DeleteFunc(c.holds, func(b *trace.Belief) bool { return !b.Open(e.Seq) })
	if n := len(c.holds); n > 0 {
		c.overdue = !c.holds[n-1].Valid(e.Seq)
	}
}

func (c *client) seeLock(e *sim.Event) {
	switch e.Kind {
	case sim.Acquire:
		c.waits = e.Op
	case sim.NotAcquired, sim.Acquired:
		c.waits = ""
	case sim.Release:
		c.releases = e.Grant
	case sim.Released, sim.NotReleased:
		c.releases = ""
	}
}

func (c *client) seeAccount(e *sim.Event) {
	switch e.Kind {
	case sim.Read:
		c.work = work{state: Knows, op: e.Op, job: e.Job, version: e.Version, balance: e.Balance}
	case sim.Write:
		c.work.writes, c.work.amount = true, c.work.balance-e.Balance
	case sim.Wrote:
		c.work.state, c.work.version = Counts, e.Version
	case sim.WriteUnknown:
		c.work.state = Unsure
	case sim.ReadRefused, sim.ReadUnknown, sim.Abandon, sim.WriteRefused, sim.Skipped:
		c.work = work{}
	}
}

// say records what the client believes now, and whether that is wrong.
func (c *client) say(e *sim.Event) {
	c.lockSays.turn(e, c.ofLock(e))
	c.accountSays.turn(e, c.ofAccount())
}

func (c *client) ofLock(e *sim.Event) Belief {
	if n := len(c.holds); n > 0 {
		l := c.holds[n-1]
		b := Belief{State: Holds, Says: "holds the lock", Grant: l.Grant}
		switch {
		case c.overdue:
			b.State, b.Says = Overdue, "holds the lock, past its own deadline"
		case l.Began.Until != 0:
			b.Says = "holds the lock until its deadline"
		}
		b.Says += tokened(l.Began.Token)
		b.Because = c.truth.wrong(l.Grant, e.At)
		b.Wrong = b.Because != ""
		return b
	}
	switch {
	case c.down:
		return Belief{State: Nothing, Says: "has crashed and believes nothing"}
	case c.waits != "":
		return Belief{State: Waits, Says: "waits for the lock", Op: c.waits}
	case c.releases != "":
		return Belief{State: Releases, Says: "gives the lock back", Grant: c.releases}
	}
	return Belief{State: Nothing, Says: "does not hold the lock"}
}

func (c *client) ofAccount() Belief {
	w := &c.work
	b := Belief{State: w.state, Op: w.op}
	switch w.state {
	case Knows:
		b.Says = fmt.Sprintf("the balance is %d (v%d)", w.balance, w.version)
		if w.job != "" {
			b.Says = w.job + " is not done yet"
		}
		if w.writes {
			b.Says += ", so it writes"
		}
		b.Because = w.old(c)
	case Unsure:
		b.Says = "does not know whether its write was taken"
	case Counts:
		b.Says = fmt.Sprintf("its withdrawal of %d is in the balance (v%d)", w.amount, w.version)
		if w.job != "" {
			b.Says = "has charged for " + w.job
		}
		b.Because = w.undone(c)
	case Nothing, "":
		b.State, b.Says, b.Op = Nothing, "has read nothing", ""
		if c.down {
			b.Says = "has crashed and believes nothing"
		}
	case Waits, Holds, Overdue, Releases, Free, Given, GivenMany, Balance:
		panic(fmt.Sprintf("a client that works at the account is said to be in the state %q", w.state))
	}
	b.Wrong = b.Because != ""
	return b
}

// old says why what the client has read is outdated. What was wrong when its own write was accepted
// stays wrong: the client has not been told.
func (w *work) old(c *client) string {
	m := c.money
	if w.taken || m.counted[w.op] {
		w.taken = true
		return w.wrong
	}
	if w.job != "" {
		if by, done := m.charged[w.job]; done && by.Op != w.op {
			w.wrong = named(by.Client) + " has charged for it"
		}
		return w.wrong
	}
	if m.version > w.version {
		w.wrong = fmt.Sprintf("%s has written %d (v%d)", named(m.changed.Client), m.balance, m.version)
	}
	return w.wrong
}

// undone says what became of a write that the client was told of.
func (w *work) undone(c *client) string {
	m := c.money
	if w.job != "" {
		if by, done := m.charged[w.job]; done && by.Op != w.op {
			return named(by.Client) + " charged for it as well"
		}
		return ""
	}
	if by, gone := m.over[w.op]; gone {
		return fmt.Sprintf("%s has written %d over it, computed from v%d", named(by.Client), by.Balance, by.Base)
	}
	return ""
}
