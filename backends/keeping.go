package backends

import (
	"slices"

	"github.com/locklab/locklab/backends/ledger"
)

// Keeping is a backend whose service can keep the account itself, beside the lock. Settings.Inside
// asks for that in a trial. The service or its observer then records what becomes of the account,
// starting with ledger.Opened, in one order with what becomes of the lock.
type Keeping interface {
	Backend
	// Keeps lists the guards that such an account can have.
	Keeps() []ledger.Guard
}

// Keeper is the lock of such a backend.
type Keeper interface {
	Lock
	// Account gives the client access to the account, over the connections of its lock.
	Account(ledger.Guard) ledger.Register
}

// Keeps reports whether a backend's service can keep the account under this guard.
func Keeps(b Backend, guard ledger.Guard) bool {
	k, ok := b.(Keeping)
	return ok && slices.Contains(k.Keeps(), guard)
}
