package ledger

import "fmt"

// Kind is the kind of a command.
type Kind string

// The kinds of command.
const (
	ReadCommand   Kind = "read"   // the balance, and whether a job is marked as done
	WriteCommand  Kind = "write"  // set the balance
	ChargeCommand Kind = "charge" // take an amount off the balance, for a job
	MarkCommand   Kind = "mark"   // mark a job as done
)

// Command is a request to the account.
type Command struct {
	Kind    Kind
	Op      string // the withdrawal, or the client's attempt at a job, that it belongs to
	Job     string // the job; "" for a withdrawal
	Token   uint64 // fencing token; 0 if none
	Value   string // of the lock; "" if none
	Base    uint64 // of a write or charge: the version that the client had read
	Balance int64  // of a write: the new balance, cents
	Amount  int64  // of a charge, cents
}

// effect is the id of what the command is to bring about, once.
func (c Command) effect() string {
	if c.Job != "" {
		return c.Job
	}
	return c.Op
}

// takes reports whether the command changes the balance.
func (c Command) takes() bool {
	switch c.Kind {
	case WriteCommand, ChargeCommand:
		return true
	case ReadCommand, MarkCommand:
		return false
	}
	panic(fmt.Sprintf("unknown command %q", string(c.Kind)))
}

// Reply is the account's answer.
type Reply struct {
	Refused string // the guard's reason; "" if the operation was executed
	Version uint64 // the version read, or made by the write or charge
	Balance int64  // the balance read, or after the write or charge, cents
	Done    bool   // the job of the command is marked as done
	Token   uint64 // of a read, under the guard mint: the token that the account handed out
}

// Model is the account as a state machine without a host.
type Model struct {
	guard   Guard
	version uint64
	balance int64
	token   uint64          // the highest fencing token seen or handed out; under fence-equal, the only one
	value   string          // the lock value of the last reader
	effects map[string]bool // ids of what was brought about
	done    map[string]bool // jobs that are marked
}

// NewModel opens an account with this guard.
func NewModel(guard Guard) *Model {
	return &Model{
		guard: guard, version: OpeningVersion, balance: OpeningBalance,
		effects: map[string]bool{}, done: map[string]bool{},
	}
}

// Apply executes one command.
func (m *Model) Apply(c Command) Reply {
	if why := m.guard.objection(c, state{m.version, m.token, m.value, m.effects[c.effect()]}); why != "" {
		return Reply{Refused: why}
	}
	token, minted := c.Token, uint64(0)
	if m.guard.mints(c.Kind) {
		minted = m.token + 1
		token = minted
	}
	switch m.guard.Remembers(c.Kind) {
	case ItsToken:
		m.token = token
	case ItsValue:
		m.value = c.Value
	case NothingNew:
	}
	switch c.Kind {
	case ReadCommand:
	case WriteCommand:
		m.balance = c.Balance
	case ChargeCommand:
		m.balance -= c.Amount
	case MarkCommand:
		m.done[c.Job] = true
	}
	if c.takes() {
		m.version++
		m.effects[c.effect()] = true
	}
	return Reply{Version: m.version, Balance: m.balance, Done: m.done[c.Job], Token: minted}
}

// state is what a guard looks at.
type state struct {
	version uint64
	token   uint64 // the highest one seen or handed out; under fence-equal, the only one; 0 if none yet
	value   string // the lock value that was last set
	taken   bool   // an effect with the command's id has been brought about
}

// objection returns the guard's reason to refuse a command, "" if it has none.
//
// A fence refuses what is strictly lower than the highest token seen (Kleppmann, "How to do
// distributed locking", 2016). Refusing equal tokens as well would lock out the rightful holder
// after its first operation. Refusing everything that is not equal, as the storage of etcd's
// contrib/lock does, locks out the next rightful holder.
//
// The guards value and mint are what antirez proposed instead of a token of the lock ("Is Redlock
// safe?", 2016). Both go by which client was the last to read, which need not be the last to get
// the lock.
func (g Guard) objection(c Command, s state) string {
	switch g {
	case None:
	case FenceWrites, FenceAll, FenceEqual, Mint:
		if g.fences(c.Kind) {
			return g.lowToken(c.Token, s.token)
		}
	case Value:
		if g.compares(c.Kind) {
			return otherValue(c, s)
		}
	case CAS:
		if c.takes() && c.Base != s.version {
			return fmt.Sprintf("computed from version %d, but the account has version %d", c.Base, s.version)
		}
	case Unique:
		if c.takes() && s.taken {
			return fmt.Sprintf("there is an effect with the id %s already", c.effect())
		}
	case LockKey:
		panic(onlyInside)
	default:
		panic(unknownGuard(g))
	}
	return ""
}

// lowToken is a fence's reason to refuse a token, given the highest one seen; 0 means that none has
// been.
func (g Guard) lowToken(token, highest uint64) string {
	if token == 0 {
		return "the operation carries no fencing token, which this guard needs"
	}
	if g == FenceEqual {
		if highest != 0 && token != highest {
			return fmt.Sprintf("token %d is not %d, the one that was set", token, highest)
		}
		return ""
	}
	if token >= highest {
		return ""
	}
	if g == Mint {
		return fmt.Sprintf("token %d is lower than %d, the highest one handed out", token, highest)
	}
	return fmt.Sprintf("token %d is lower than %d, the highest one seen", token, highest)
}

// otherValue is the reason to refuse a command's lock value.
func otherValue(c Command, s state) string {
	if c.Value == "" {
		return "the operation carries no lock value, which this guard needs"
	}
	if c.takes() && c.Value != s.value {
		return fmt.Sprintf("the lock value %s is not %s, the one that was set last", c.Value, orNone(s.value))
	}
	return ""
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
