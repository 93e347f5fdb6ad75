package ledger

import (
	"fmt"
	"strings"
)

// Guard is the rule by which the account decides whether to accept an operation.
type Guard string

// The guards.
const (
	None        Guard = "none"
	FenceWrites Guard = "fence-writes"
	FenceAll    Guard = "fence-all"
	FenceEqual  Guard = "fence-equal"
	CAS         Guard = "cas"
	Unique      Guard = "unique"
	Value       Guard = "value"
	Mint        Guard = "mint"
	// LockKey is for an account that the lock service keeps itself: a write names the key by which
	// its client holds the lock.
	LockKey Guard = "lock-key"
)

// Guards lists the guards that exist, in the order of tables: none, those that check fencing
// tokens, and those that need no token.
func Guards() []Guard {
	return []Guard{None, FenceWrites, FenceAll, FenceEqual, CAS, Unique, Value, Mint}
}

// AllGuards lists those, and the ones that exist only for an account kept by the lock service.
func AllGuards() []Guard { return append(Guards(), LockKey) }

// ParseGuard parses the name of a guard.
func ParseGuard(name string) (Guard, error) {
	var names []string
	for _, g := range AllGuards() {
		if string(g) == name {
			return g, nil
		}
		names = append(names, string(g))
	}
	return "", fmt.Errorf("there is no guard %q, expected one of %s", name, strings.Join(names, ", "))
}

// NeedsToken reports whether the lock must hand out fencing tokens for this guard.
func (g Guard) NeedsToken() bool {
	switch g {
	case FenceWrites, FenceAll, FenceEqual:
		return true
	case None, CAS, Unique, Value, Mint, LockKey:
		return false
	}
	panic(unknownGuard(g))
}

// unknownGuard is the panic message for a guard that is listed but not implemented.
func unknownGuard(g Guard) string { return fmt.Sprintf("unknown guard %q", string(g)) }

// onlyInside is the panic message for a guard that an account on its own host does not have.
const onlyInside = "the guard lock-key asks for a key of the lock service, and this account is no part of one"

// Rule describes in one line what the guard does.
func (g Guard) Rule() string {
	switch g {
	case None:
		return "reads and writes are taken as they come"
	case FenceWrites:
		return "a write whose fencing token is lower than the highest one seen is refused; reads carry no token"
	case FenceAll:
		return "a read or write whose fencing token is lower than the highest one seen is refused; both raise it"
	case FenceEqual:
		return "a common mistake: the token of the first write is kept, and a write with any other token is refused, lower or higher"
	case CAS:
		return "a write names the version it was computed from and is refused if the account has another one by now"
	case Unique:
		return "every withdrawal and every job has an id, and a second effect with the same id is refused (an idempotency key)"
	case Value:
		return "a read sets the reader's lock value, and a write is refused once another one has been set"
	case Mint:
		return "the account hands out fencing tokens of its own, the next one with each read, and refuses a write whose token is lower than the highest one"
	case LockKey:
		return "a write is one transaction of the lock service, which asks whether the key is still there that the writer holds the lock by; only where the service keeps the account"
	}
	panic(unknownGuard(g))
}

// fences reports whether the guard checks the token of an operation of this kind. A mark carries
// none: it reports what has happened, and refusing it would undo nothing.
func (g Guard) fences(k Kind) bool {
	switch k {
	case ReadCommand:
		return g == FenceAll
	case WriteCommand, ChargeCommand:
		return g.NeedsToken() || g == Mint
	case MarkCommand:
		return false
	}
	panic(fmt.Sprintf("unknown command %q", string(k)))
}

// compares reports whether the guard checks the lock value of an operation of this kind.
func (g Guard) compares(k Kind) bool { return g == Value && k != MarkCommand }

// mints reports whether the guard hands out its own token with an operation of this kind.
func (g Guard) mints(k Kind) bool { return g == Mint && k == ReadCommand }

// Remembered is what a guard keeps from an operation that it has let through, for later decisions.
type Remembered int8

// What can be remembered.
const (
	NothingNew Remembered = iota
	ItsToken              // the fencing token that it carried, or was given
	ItsValue              // the lock value that it carried
)

// Remembers returns what the guard keeps once it has let an operation of this kind through. Guards
// that compare versions, ids or keys keep nothing about earlier operations.
func (g Guard) Remembers(k Kind) Remembered {
	switch {
	case g.fences(k) || g.mints(k):
		return ItsToken
	case g.compares(k):
		return ItsValue
	}
	return NothingNew
}
