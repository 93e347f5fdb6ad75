package redis

import (
	"slices"
	"strconv"
	"time"
)

// CommandKind is the kind of a command.
type CommandKind string

// The commands of the Port, and the server's own sweep for expired keys.
const (
	CommandHello            CommandKind = "hello"
	CommandSetNX            CommandKind = "set-nx"
	CommandObtain           CommandKind = "obtain"
	CommandSetNXWithToken   CommandKind = "set-nx-with-token"
	CommandCompareAndDelete CommandKind = "compare-and-delete"
	CommandDelete           CommandKind = "delete"
	CommandCompareAndExpire CommandKind = "compare-and-expire"
	CommandExpireCycle      CommandKind = "expire-cycle"
	CommandAdd              CommandKind = "add" // SADD of one element
)

// Command is a request to the server. Which fields matter follows from the Port.
type Command struct {
	Kind    CommandKind
	Key     string
	Value   string
	Counter string        // of SetNXWithToken: the key that counts
	PX      time.Duration // lifetime; fractions of a millisecond are cut off
}

// Reply is the server's answer.
type Reply struct {
	OK    bool   // the key was set, deleted or extended; of Add: the element is new
	Had   bool   // of Obtain: it was extended, as it had this value
	Token uint64 // of SetNXWithToken: the incremented counter
	// Deleted is the value that the command deleted. Clients do not see it.
	Deleted string
	// Ended are the values that this command found expired, in the order of their keys' creation.
	// Clients do not see them.
	Ended []string
}

// Model is one Redis server as a state machine: what SET NX PX, GET, DEL, PEXPIRE, INCR and SADD do
// to a few keys. It keeps time as Redis does: expiry is an absolute time of the wall clock in whole
// milliseconds, a key lives through the millisecond of its expiry, and an expired key is removed
// when a command touches it or by the expire cycle, whichever comes first (Redis 7.0, src/db.c,
// keyIsExpired and expireIfNeeded).
type Model struct {
	keys []key // in the order of their creation
}

type key struct {
	name, value string
	expires     int64    // Unix time in milliseconds; 0 means never
	members     []string // of a set, in the order in which they were added
}

// NewModel returns a server without keys.
func NewModel() *Model { return &Model{} }

// Apply executes one command when the server's wall clock shows now.
func (m *Model) Apply(now time.Time, c Command) Reply {
	var r Reply
	if c.Kind == CommandExpireCycle {
		for i := len(m.keys) - 1; i >= 0; i-- {
			r.Ended = append(m.expireIfNeeded(now, m.keys[i].name), r.Ended...)
		}
		return r
	}
	r.Ended = m.expireIfNeeded(now, c.Key)
	k := m.find(c.Key)
	switch c.Kind {
	case CommandExpireCycle: // see above
	case CommandHello:
		r.OK = true
	case CommandObtain:
		if r.Had = k != nil && k.value == c.Value; r.Had {
			k.expires = expiry(now, c.PX)
		} else if k == nil {
			m.keys = append(m.keys, key{name: c.Key, value: c.Value, expires: expiry(now, c.PX)})
		}
		r.OK = r.Had || k == nil
	case CommandSetNX, CommandSetNXWithToken:
		if k != nil {
			break
		}
		r.OK = true
		m.keys = append(m.keys, key{name: c.Key, value: c.Value, expires: expiry(now, c.PX)})
		if c.Kind == CommandSetNXWithToken {
			r.Token = m.incr(c.Counter)
		}
	case CommandCompareAndDelete:
		if r.OK = k != nil && k.value == c.Value; r.OK {
			r.Deleted = k.value
			m.remove(c.Key)
		}
	case CommandDelete:
		if r.OK = k != nil; r.OK {
			r.Deleted = k.value
			m.remove(c.Key)
		}
	case CommandCompareAndExpire:
		if r.OK = k != nil && k.value == c.Value; r.OK {
			k.expires = expiry(now, c.PX)
		}
	case CommandAdd:
		r.OK = m.add(c.Key, c.Value)
	default:
		panic("unknown command " + string(c.Kind))
	}
	return r
}

// NextExpiry returns the first moment of the wall clock at which the key has expired; ok is false
// if the key does not exist or never expires.
func (m *Model) NextExpiry(name string) (at time.Time, ok bool) {
	k := m.find(name)
	if k == nil || k.expires == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(k.expires + 1), true
}

// Clone returns a copy that shares nothing with the model: the state that replaying a file of the
// server's commands would lead to. Expiry times are absolute, so they keep counting while the
// server is off (R10: SET PX is propagated and kept as PXAT).
func (m *Model) Clone() *Model {
	all := slices.Clone(m.keys)
	for i := range all { // sets only grow, so the two share nothing but the common elements
		all[i].members = slices.Clip(all[i].members)
	}
	return &Model{keys: all}
}

// Members lists the elements of a set in the order in which they were added.
func (m *Model) Members(name string) []string {
	if k := m.find(name); k != nil {
		return slices.Clone(k.members)
	}
	return nil
}

// add adds an element to a set, which need not exist, and reports whether it was new.
func (m *Model) add(name, element string) bool {
	k := m.find(name)
	if k == nil {
		m.keys = append(m.keys, key{name: name})
		k = &m.keys[len(m.keys)-1]
	}
	if slices.Contains(k.members, element) {
		return false
	}
	k.members = append(k.members, element)
	return true
}

func expiry(now time.Time, px time.Duration) int64 { return now.UnixMilli() + px.Milliseconds() }

// expireIfNeeded removes a key that has expired and returns its value.
func (m *Model) expireIfNeeded(now time.Time, name string) []string {
	k := m.find(name)
	if k == nil || !k.expired(now) {
		return nil
	}
	value := k.value
	m.remove(name)
	return []string{value}
}

func (k *key) expired(now time.Time) bool { return k.expires != 0 && now.UnixMilli() > k.expires }

func (m *Model) find(name string) *key {
	for i := range m.keys {
		if m.keys[i].name == name {
			return &m.keys[i]
		}
	}
	return nil
}

func (m *Model) remove(name string) {
	for i := range m.keys {
		if m.keys[i].name == name {
			m.keys = append(m.keys[:i], m.keys[i+1:]...)
			return
		}
	}
}

// incr increments a counter, which is a key like any other but never expires.
func (m *Model) incr(name string) uint64 {
	k := m.find(name)
	if k == nil {
		m.keys = append(m.keys, key{name: name, value: "0"})
		k = &m.keys[len(m.keys)-1]
	}
	n, err := strconv.ParseUint(k.value, 10, 64)
	if err != nil {
		panic("the lock's counter " + name + " is not a number: " + k.value)
	}
	k.value = strconv.FormatUint(n+1, 10)
	return n + 1
}
