package backends

import (
	"slices"

	"github.com/locklab/locklab/backends/ledger"
)

// Keeping is a backend whose service can keep the account itself, beside the lock. Settings say
// with Inside whether it does so in a trial; then the service, or who observes it, records what
// becomes of the account, from ledger.Opened on, in one order with what becomes of the lock.
type Keeping interface {
	Backend
	// Keeps lists the guards that the account can have there.
	Keeps() []ledger.Guard
}

// Keeper is the lock of such a backend.
type Keeper interface {
	Lock
	// Account gives the client its access to the account, over the connections of its lock.
	Account(ledger.Guard) ledger.Register
}

// Keeps tells whether a backend's service can keep the account, under this guard.
func Keeps(b Backend, guard ledger.Guard) bool {
	k, ok := b.(Keeping)
	return ok && slices.Contains(k.Keeps(), guard)
}
