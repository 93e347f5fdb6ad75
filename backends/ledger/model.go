package ledger

import "fmt"

// Kind says what a command asks of the account.
type Kind string

// The kinds of command.
const (
	ReadCommand  Kind = "read"
	WriteCommand Kind = "write"
)

// Command is a request to the account.
type Command struct {
	Kind    Kind
	Op      string // the withdrawal that it is for
	Token   uint64 // fencing token; 0: none
	Base    uint64 // of a write: the version it was computed from
	Balance int64  // of a write: the new balance, cents
}

// Reply is the account's answer.
type Reply struct {
	Refused string // the guard's reason; empty: the operation was carried out
	Version uint64 // the version read, or made by the write
	Balance int64  // the balance read or written, cents
}

// Model is the account as a state machine without a host.
type Model struct {
	guard   Guard
	version uint64
	balance int64
	highest uint64 // the highest fencing token seen
}

// NewModel opens an account with this guard.
func NewModel(guard Guard) *Model {
	return &Model{guard: guard, version: OpeningVersion, balance: OpeningBalance}
}

// Apply carries out one command.
func (m *Model) Apply(c Command) Reply {
	if why := m.guard.objection(c, m.highest, m.version); why != "" {
		return Reply{Refused: why}
	}
	if m.guard.fences(c.Kind) {
		m.highest = c.Token
	}
	if c.Kind == WriteCommand {
		m.version++
		m.balance = c.Balance
	}
	return Reply{Version: m.version, Balance: m.balance}
}

// objection is the guard's reason to refuse a command when the account is at version
// and has seen the token highest; empty if it has none.
//
// A fence refuses what is strictly lower than the highest token seen (Kleppmann, "How to
// do distributed locking", 2016). Refusing what is equal as well would lock the rightful
// holder out after its first operation.
func (g Guard) objection(c Command, highest, version uint64) string {
	switch {
	case g.fences(c.Kind) && c.Token == 0:
		return "the operation carries no fencing token, which this guard needs"
	case g.fences(c.Kind) && c.Token < highest:
		return fmt.Sprintf("token %d is lower than %d, the highest one seen", c.Token, highest)
	case g == CAS && c.Kind == WriteCommand && c.Base != version:
		return fmt.Sprintf("computed from version %d, but the account has version %d", c.Base, version)
	}
	return ""
}
