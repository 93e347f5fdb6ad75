// Package ledger is what the lock protects: a bank account, with the textbook bug in
// reach. Two clients read the balance, each takes its withdrawal off, each writes the
// result back, and one withdrawal is lost. The account may defend itself with a Guard.
package ledger

import (
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// HostID is the host that the account lives on. It is a host of its own, so that a write
// can still be in the network when the lease of its sender runs out.
const HostID sim.HostID = "ledger"

// What a trial starts from.
const (
	OpeningBalance int64  = 100 // before the first withdrawal, in cents
	OpeningVersion uint64 = 0   // every accepted write adds one
	Withdrawal     int64  = 10  // what one withdrawal takes off, in cents
)

// ErrRefused says that the guard did not let an operation through; nothing was changed.
// What wraps it gives the guard's reason.
var ErrRefused = errors.New("the account refused it")

// Account is what a client can do to the account. Both calls give the host up while they
// wait, and return sim.ErrUnknown when no answer came within timeout on the host's
// monotonic clock: a write may have been taken then, or may still be.
type Account interface {
	// Read gives the present balance and version. token is the reader's fencing token, 0
	// when its lock has none.
	Read(op string, token uint64, timeout time.Duration) (Statement, error)
	// Write sets a new balance and returns the version that it made. It records
	// sim.WriteSent when the request is on its way and its answer has not been read.
	Write(o Order, timeout time.Duration) (version uint64, err error)
}

// Statement is the account as a reader saw it.
type Statement struct {
	Version uint64
	Balance int64 // cents
}

// Order is a write: set the balance to Balance.
type Order struct {
	Op      string // the withdrawal that it is for
	Token   uint64 // fencing token of the lock it was made under; 0: none
	Base    uint64 // version of the statement that Balance was computed from
	Balance int64  // the new balance, cents
}

// client is the Account of one host in either world: it turns calls into commands and
// replies into values.
type client struct {
	host sim.Host
	send func(c Command, timeout time.Duration) (call, error)
}

// call is a command on its way to the account.
type call interface {
	Wait(timeout time.Duration) (Reply, error)
}

func (c *client) Read(op string, token uint64, timeout time.Duration) (Statement, error) {
	sent, err := c.send(Command{Kind: ReadCommand, Op: op, Token: token}, timeout)
	if err != nil {
		return Statement{}, fmt.Errorf("read the account for %s: %w", op, err)
	}
	r, err := sent.Wait(timeout)
	if err = r.problem(err); err != nil {
		return Statement{}, fmt.Errorf("read the account for %s: %w", op, err)
	}
	return Statement{Version: r.Version, Balance: r.Balance}, nil
}

func (c *client) Write(o Order, timeout time.Duration) (uint64, error) {
	sent, err := c.send(Command{Kind: WriteCommand, Op: o.Op, Token: o.Token, Base: o.Base, Balance: o.Balance}, timeout)
	if err != nil {
		return 0, fmt.Errorf("write the balance for %s: %w", o.Op, err)
	}
	c.host.Record(sim.Event{Kind: sim.WriteSent, Op: o.Op})
	r, err := sent.Wait(timeout)
	if err = r.problem(err); err != nil {
		return 0, fmt.Errorf("write the balance for %s: %w", o.Op, err)
	}
	return r.Version, nil
}

// problem is the error of a call that returned this reply or err.
func (r Reply) problem(err error) error {
	if err == nil && r.Refused != "" {
		return fmt.Errorf("%w: %s", ErrRefused, r.Refused)
	}
	return err
}
