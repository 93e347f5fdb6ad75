// Package ledger is what the lock protects: a bank account, with the textbook bug within reach. Two
// clients read the balance, each subtracts its withdrawal and writes the result back, and one
// withdrawal is lost. The account may defend itself with a Guard.
package ledger

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// HostID is the host of the account. It has its own host, so that a write can still be in the
// network when its sender's lease runs out.
const HostID sim.HostID = "ledger"

// The initial state of a trial.
const (
	OpeningBalance int64  = 100 // before the first withdrawal, in cents
	OpeningVersion uint64 = 0   // every accepted write adds one
	Withdrawal     int64  = 10  // the amount of one withdrawal, in cents
)

// ErrRefused means that the guard did not let an operation through; nothing was changed. An error
// that wraps it gives the guard's reason.
var ErrRefused = errors.New("the account refused it")

// Register is the account as far as withdrawals need it: a balance that is read and written. Both
// calls give up the host while they wait, and return sim.ErrUnknown if no answer came within
// timeout on the host's monotonic clock: a write may then have been accepted, or may still be.
type Register interface {
	// Read returns the present balance and version.
	Read(op string, shown Pass, timeout time.Duration) (Statement, error)
	// Write sets a new balance and returns the version that it made. It records sim.WriteSent once
	// the request is on its way and before its answer is read.
	Write(o Order, timeout time.Duration) (version uint64, err error)
}

// Account is everything that a client can do to the account on its own host. Its calls wait and
// fail as Register's do.
type Account interface {
	Register
	// ReadJob is Read, and also reports whether a job is marked as done.
	ReadJob(op, job string, shown Pass, timeout time.Duration) (Statement, error)
	// Charge takes an amount off the balance for a job, and returns the version that this made. It
	// records sim.WriteSent as Write does.
	Charge(c Charge, timeout time.Duration) (version uint64, err error)
	// Mark marks a job as done, which no guard refuses. It may be repeated.
	Mark(op, job string, timeout time.Duration) error
}

// Pass is what a client shows of its lock with an operation.
type Pass struct {
	Token uint64 // fencing token; 0 if the lock has none
	Value string // the name of the acquisition, such as the random value of Redis locks
}

// Statement is the account as a reader saw it.
type Statement struct {
	Version uint64
	Balance int64 // cents
	Done    bool  // the requested job is marked as done
	// Token is one that the account has handed out, for the write that follows from this read; 0 if
	// the account hands out none.
	Token uint64
}

// Writing returns what to show with the write that follows from the statement.
func (p Pass) Writing(s Statement) Pass {
	if s.Token != 0 {
		p.Token = s.Token
	}
	return p
}

// Order is a write: set the balance to Balance.
type Order struct {
	Op      string // the withdrawal that it belongs to
	Shown   Pass   // of the lock it was made under
	Base    uint64 // version of the statement that Balance was computed from
	Balance int64  // the new balance, cents
}

// Charge is a payment for a job: take Amount off whatever the balance is.
type Charge struct {
	Op     string // the client's attempt at the job
	Job    string // the job: the id by which the guard unique knows its charge
	Shown  Pass   // of the lock it was made under
	Base   uint64 // version of the statement that said the job was not done
	Amount int64  // cents
}

// client is the Account of one host in either world: it turns calls into commands and replies into
// values.
type client struct {
	host sim.Host
	send func(c Command, timeout time.Duration) (call, error)
}

// call is a command on its way to the account.
type call interface {
	Wait(timeout time.Duration) (Reply, error)
}

func (c *client) Read(op string, shown Pass, timeout time.Duration) (Statement, error) {
	return c.ReadJob(op, "", shown, timeout)
}

func (c *client) ReadJob(op, job string, shown Pass, timeout time.Duration) (Statement, error) {
	r, err := c.ask(Command{Kind: ReadCommand, Op: op, Job: job, Token: shown.Token, Value: shown.Value}, timeout)
	if err != nil {
		return Statement{}, fmt.Errorf("read the account for %s: %w", op, err)
	}
	return Statement{Version: r.Version, Balance: r.Balance, Done: r.Done, Token: r.Token}, nil
}

func (c *client) Write(o Order, timeout time.Duration) (uint64, error) {
	r, err := c.ask(Command{
		Kind: WriteCommand, Op: o.Op, Token: o.Shown.Token, Value: o.Shown.Value,
		Base: o.Base, Balance: o.Balance,
	}, timeout)
	if err != nil {
		return 0, fmt.Errorf("write the balance for %s: %w", o.Op, err)
	}
	return r.Version, nil
}

func (c *client) Charge(o Charge, timeout time.Duration) (uint64, error) {
	r, err := c.ask(Command{
		Kind: ChargeCommand, Op: o.Op, Job: o.Job, Token: o.Shown.Token, Value: o.Shown.Value,
		Base: o.Base, Amount: o.Amount,
	}, timeout)
	if err != nil {
		return 0, fmt.Errorf("charge the account for %s: %w", o.Job, err)
	}
	return r.Version, nil
}

func (c *client) Mark(op, job string, timeout time.Duration) error {
	if _, err := c.ask(Command{Kind: MarkCommand, Op: op, Job: job}, timeout); err != nil {
		return fmt.Errorf("mark %s as done: %w", job, err)
	}
	return nil
}

// ask sends a command and waits for its answer. It records that a change of the balance is on its
// way.
func (c *client) ask(command Command, timeout time.Duration) (Reply, error) {
	sent, err := c.send(command, timeout)
	if err != nil {
		return Reply{}, err
	}
	if command.takes() {
		c.host.Record(sim.Event{Kind: sim.WriteSent, Op: command.Op, Job: command.Job})
	}
	r, err := sent.Wait(timeout)
	return r, r.problem(err)
}

// problem returns the error of a call that returned this reply or err.
func (r Reply) problem(err error) error {
	if err == nil && r.Refused != "" {
		return fmt.Errorf("%w: %s", ErrRefused, r.Refused)
	}
	return err
}
