package etcd

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/sim"
)

// commandWords are the commands in the words of etcd's API. The recipe's create is a
// transaction: put the key unless it exists, and read who is first.
var commandWords = map[CommandKind]string{
	CommandLeaseGrant:  "lease grant",
	CommandLeaseRevoke: "lease revoke",
	CommandCreate:      "txn: put key",
	CommandDelete:      "delete key",
	CommandLeaseExpire: "lease expired",
	CommandPut:         "txn: put balance",
}

// Words says what the command is, in a message diagram.
func (c Command) Words() string { return commandWords[c.Kind] }

// Words says what the answer is, in a message diagram.
func (r Reply) Words() string {
	switch {
	case r.Placed.Done:
		return "balance " + strconv.FormatInt(r.Placed.Entry.Balance, 10)
	case r.Placed != (Placed{}):
		return "condition not true"
	case r.Own.Created != 0 && r.Own.Created == r.First.Created:
		return fmt.Sprintf("rev %d, first", r.Own.Created)
	case r.Own.Created != 0:
		return fmt.Sprintf("rev %d, after rev %d", r.Own.Created, r.First.Created)
	case r.Lease != 0:
		return fmt.Sprintf("lease %d", r.Lease)
	case r.OK || r.TTL > 0:
		return "OK"
	}
	return "gone"
}

// Words names the request.
func (keepAlive) Words() string { return "keep-alive" }

// Words names the request.
func (readKey) Words() string { return "get key" }

// Words names the request.
func (readAccount) Words() string { return "get balance" }

// Words says what was read.
func (a account) Words() string { return "balance " + strconv.FormatInt(a.Entry.Balance, 10) }

// Words names the request.
func (readLast) Words() string { return "get predecessor" }

// Words names the request, which is answered when the key is gone.
func (w watchDelete) Words() string { return fmt.Sprintf("watch rev %d", w.Key.Created) }

// Words says what a client sends.
func (s *segment) Words() string { return sim.WordsOf(s.Request) }

// Words says what a member answers.
func (a answer) Words() string { return sim.WordsOf(a.Answer) }

// Words is TCP's word for it.
func (connect) Words() string { return "connect" }

// Words is TCP's word for it.
func (accepted) Words() string { return "accept" }

// Words says what the kernel asks.
func (probe) Words() string { return "TCP probe" }

// Words says that the member is there.
func (alive) Words() string { return "TCP ack" }

// Words says that the connection is unknown.
func (reset) Words() string { return "TCP reset" }

// Words says that nobody waits for the answer any more.
func (cancelled) Words() string { return "cancel" }

// Words says that the member has given the request up, which may be carried out all the same.
func (timedOut) Words() string { return "request timed out" }

// Words says that there is nobody to carry the request out.
func (noLeader) Words() string { return "no leader" }

// Words says what was found.
func (f found) Words() string {
	if f.OK {
		return fmt.Sprintf("rev %d", f.Key.Created)
	}
	return "none"
}

// Words says what is passed on to the leader.
func (p passedOn) Words() string { return "pass on: " + sim.WordsOf(p.Request) }

// Words says what comes back from the leader.
func (p passedBack) Words() string { return "pass back: " + sim.WordsOf(p.Answer) }
