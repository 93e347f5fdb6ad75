package control

import "time"

// CommandKind is the kind of a command.
type CommandKind string

// The commands of the Port, and the service's own check of the clock.
const (
	CommandAcquire CommandKind = "acquire"
	CommandRelease CommandKind = "release"
	CommandExpire  CommandKind = "expire"
)

// Command is a request to the perfect service.
type Command struct {
	Kind  CommandKind
	Grant string
	TTL   time.Duration // of Acquire
}

// Reply is the answer to a Command.
type Reply struct {
	OK    bool
	Token uint64 // of Acquire
	Ended string // the grant whose lease this command found to be over; clients ignore it
}

// Model is a lock service that never errs, as a state machine: one owner at a time, leases that end
// exactly on time by a clock that nothing disturbs, tokens that only grow, and a memory that is
// never lost.
type Model struct {
	Owner   string        // grant; "" if the lock is free
	Expires time.Duration // when the owner's lease ends
	Token   uint64        // the last one that was given
}

// NewModel returns a service whose lock is free.
func NewModel() *Model { return &Model{} }

// Apply executes one command when the service's monotonic clock shows now.
func (m *Model) Apply(now time.Duration, c Command) Reply {
	var r Reply
	if m.Owner != "" && now >= m.Expires {
		r.Ended = m.Owner
		m.Owner = ""
	}
	switch c.Kind {
	case CommandAcquire:
		if m.Owner != "" {
			break
		}
		m.Owner, m.Expires = c.Grant, now+c.TTL
		m.Token++
		r.OK, r.Token = true, m.Token
	case CommandRelease:
		if r.OK = m.Owner != "" && m.Owner == c.Grant; r.OK {
			m.Owner = ""
		}
	case CommandExpire:
	default:
		panic("unknown command " + string(c.Kind))
	}
	return r
}

// NextExpiry returns when the present lease ends; ok is false while the lock is free.
func (m *Model) NextExpiry() (at time.Duration, ok bool) { return m.Expires, m.Owner != "" }
