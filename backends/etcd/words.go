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

// Words describes the command in a message diagram.
func (c Command) Words() string { return commandWords[c.Kind] }

// Words describes the answer in a message diagram.
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

// Words names the request, which is answered once the key is gone.
func (w watchDelete) Words() string { return fmt.Sprintf("watch rev %d", w.Key.Created) }

// Words describes what a client sends.
func (s *segment) Words() string { return sim.WordsOf(s.Request) }

// Words describes what a member answers.
func (a answer) Words() string { return sim.WordsOf(a.Answer) }

// Words is TCP's word for it.
func (connect) Words() string { return "connect" }

// Words is TCP's word for it.
func (accepted) Words() string { return "accept" }

// Words names the kernel's probe.
func (probe) Words() string { return "TCP probe" }

// Words says that the member is there.
func (alive) Words() string { return "TCP ack" }

// Words says that the connection is unknown.
func (reset) Words() string { return "TCP reset" }

// Words says that the answer is no longer waited for.
func (cancelled) Words() string { return "cancel" }

// Words says that the member has given up on the request, which may still be executed.
func (timedOut) Words() string { return "request timed out" }

// Words says that there is no leader to execute the request.
func (noLeader) Words() string { return "no leader" }

// Words says what was found.
func (f found) Words() string {
	if f.OK {
		return fmt.Sprintf("rev %d", f.Key.Created)
	}
	return "none"
}

// Words describes what is passed on to the leader.
func (p passedOn) Words() string { return "pass on: " + sim.WordsOf(p.Request) }

// Words describes what comes back from the leader.
func (p passedBack) Words() string { return "pass back: " + sim.WordsOf(p.Answer) }
