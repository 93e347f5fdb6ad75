package etcd

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
)

// The cluster itself may keep the account, as the value of a key. The condition for a write and the
// write are then one transaction, and the condition may concern the key by which the writer holds
// the lock: both are in one store, and in one order.

const (
	// AccountKey is the account's key. It is not under LockPrefix. As long as it does not exist,
	// nobody has written, and the balance is the initial one.
	AccountKey = "balance"
	// RefusedKey is where a transaction whose condition is false notes what it would have put.
	RefusedKey = "refused"
)

// Entry is the value of the account's key, and its version in etcd's sense: how often it was put.
type Entry struct {
	Client  sim.HostID // who put it
	Op      string     // the withdrawal that it belongs to
	Base    uint64     // the version that Balance was computed from
	Balance int64      // cents
	Version uint64
}

// Unwritten is the account before anybody has put its key.
func Unwritten() Entry {
	return Entry{Balance: ledger.OpeningBalance, Version: ledger.OpeningVersion}
}

// Put is a transaction that puts an entry if all its conditions hold.
type Put struct {
	Entry
	// LockKey must have the create revision Created; "" means no such condition.
	LockKey string
	Created uint64
	// Unchanged requires the account's key to have the version Base.
	Unchanged bool
}

// Placed is the result of a Put.
type Placed struct {
	Done  bool
	Entry Entry // of the account, after the transaction
	Lock  Key   // the requested key, as found; zero if there is none
}

// put executes a transaction. Whether its conditions hold or not, it changes a key.
func (m *Model) put(p Put) Placed {
	m.revision++
	own, _ := m.Get(p.LockKey)
	if p.LockKey != "" && own.Created != p.Created || p.Unchanged && m.account.Version != p.Base {
		return Placed{Entry: m.account, Lock: own}
	}
	version := m.account.Version + 1
	m.account = p.Entry
	m.account.Version = version
	return Placed{Done: true, Entry: m.account}
}

// Account returns the value of the account's key.
func (m *Model) Account() Entry { return m.account }

// Event returns the history's event for a transaction; version is the one that it made, if it was
// done.
func (p Put) Event(done bool, version uint64) sim.Event {
	e := sim.Event{Kind: sim.LedgerWrite, Client: p.Client, Op: p.Op, Base: p.Base, Version: version, Balance: p.Balance}
	if !done {
		e.Kind, e.Version, e.Balance, e.Note = sim.LedgerWriteRefused, 0, 0, "the condition of the transaction is not true"
	}
	return e
}

var (
	_ backends.Keeping = Backend{}
	_ backends.Keeper  = (*Lock)(nil)
)

// Keeps lists what a transaction can require: nothing, the version of the account's key, or the
// lock's key.
func (Backend) Keeps() []ledger.Guard { return []ledger.Guard{ledger.None, ledger.CAS, ledger.LockKey} }

// Account gives the client access to the account that the cluster keeps.
func (l *Lock) Account(guard ledger.Guard) ledger.Register { return NewRegister(l.port, guard) }

// Transactor is the part of a Port that the account needs.
type Transactor interface {
	ReadAccount(timeout time.Duration) (Entry, error)
	PutAccount(p Put, timeout time.Duration) (Placed, error)
}

// NewRegister returns access to the account that the cluster keeps, under a guard.
func NewRegister(t Transactor, guard ledger.Guard) ledger.Register { return register{t, guard} }

type register struct {
	port  Transactor
	guard ledger.Guard
}

// Read reads the account's key. No guard restricts reads.
func (r register) Read(op string, _ ledger.Pass, timeout time.Duration) (ledger.Statement, error) {
	e, err := r.port.ReadAccount(timeout)
	if err != nil {
		return ledger.Statement{}, fmt.Errorf("read the account for %s: %w", op, err)
	}
	return ledger.Statement{Version: e.Version, Balance: e.Balance}, nil
}

// Write is one transaction, with the guard's condition.
func (r register) Write(o ledger.Order, timeout time.Duration) (uint64, error) {
	p := Put{Entry: Entry{Op: o.Op, Base: o.Base, Balance: o.Balance}}
	switch r.guard {
	case ledger.None:
	case ledger.CAS:
		p.Unchanged = true
	case ledger.LockKey: // client/v3/concurrency, mutex.go: IsOwner
		var err error
		if p.LockKey, p.Created, err = keyOfGrant(o.Shown.Value); err != nil {
			return 0, fmt.Errorf("write the balance for %s: %w", o.Op, err)
		}
	case ledger.FenceWrites, ledger.FenceAll, ledger.FenceEqual, ledger.Unique, ledger.Value, ledger.Mint:
		panic(fmt.Sprintf("an account in etcd has no guard %s", r.guard))
	default:
		panic(fmt.Sprintf("unknown guard %q", string(r.guard)))
	}
	placed, err := r.port.PutAccount(p, timeout)
	switch {
	case err != nil:
		return 0, fmt.Errorf("write the balance for %s: %w", o.Op, err)
	case !placed.Done:
		return 0, fmt.Errorf("write the balance for %s: %w: %s", o.Op, ledger.ErrRefused, p.untrue(placed))
	}
	return placed.Entry.Version, nil
}

// untrue says which condition was false.
func (p Put) untrue(found Placed) string {
	switch {
	case p.LockKey == "":
		return fmt.Sprintf("computed from version %d, but the account has version %d", p.Base, found.Entry.Version)
	case found.Lock.Created == 0:
		return fmt.Sprintf("the key %s, by which the lock was held, is gone", p.LockKey)
	}
	return fmt.Sprintf("the key %s was created at revision %d, not at %d", p.LockKey, found.Lock.Created, p.Created)
}

// keyOfGrant returns the key that a grant is named after, and its create revision (Key.Grant).
func keyOfGrant(grant string) (key string, created uint64, err error) {
	at := strings.LastIndexByte(grant, '@')
	if at > 0 {
		created, err = strconv.ParseUint(grant[at+1:], 10, 64)
	}
	if at <= 0 || err != nil || created == 0 {
		return "", 0, fmt.Errorf("the lock is held by %q, expected a key of etcd and its create revision", grant)
	}
	return grant[:at], created, nil
}
