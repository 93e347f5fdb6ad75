package sim

import (
	"slices"
	"time"
)

// Kind says what an event is. Scenarios name kinds in their triggers.
type Kind string

// What a client does with the lock. Op names the withdrawal it is for, Grant the
// acquisition (the lock value, key or znode that the service knows it by).
const (
	Acquire     Kind = "acquire"      // asks for the lock (op)
	AcquireSent Kind = "acquire-sent" // a request that would grant the lock is on its way, no answer read yet; the service may have acted on it (grant)
	Acquired    Kind = "acquired"     // has been told it holds the lock (op, grant, token, until)
	NotAcquired Kind = "not-acquired" // gave up (op, note: why)
	Renewed     Kind = "renewed"      // the lease was prolonged (grant, until)
	Lost        Kind = "lost"         // found out that it no longer holds the lock (grant, note)
	Release     Kind = "release"      // is done and asks to release (op, grant)
	Released    Kind = "released"     // has been told the lock is released (op, grant)
	NotReleased Kind = "not-released" // has been told otherwise, or nothing (op, grant, refused, note)
	// Deadline is added after the run: the client's own clock reached the deadline that
	// the client itself had computed (grant, until).
	Deadline Kind = "deadline"
)

// KeptAlive is what a client's library was answered and its user is not told: the server has
// prolonged the lease or session that the lock hangs on (grant: the lock that is held).
const KeptAlive Kind = "kept-alive"

// What a client does with the protected account.
const (
	Read         Kind = "read"          // the balance was read (op, version, balance; token: one that the account handed out; note: what was drawn)
	ReadRefused  Kind = "read-refused"  // the guard refused the read (op, token, note)
	ReadUnknown  Kind = "read-unknown"  // no answer (op)
	Check        Kind = "check"         // looked at its deadline: the lease is still good (op, grant)
	Abandon      Kind = "abandon"       // gave the withdrawal up before the write (op, grant, note)
	Ignored      Kind = "ignored"       // knows that the lock is lost or its deadline over, and works on (op, grant, note)
	Write        Kind = "write"         // is about to send the write (op, grant, token, base, balance)
	WriteSent    Kind = "write-sent"    // the write is on its way, no answer read yet; the account may have taken it (op)
	Wrote        Kind = "wrote"         // the write was acknowledged (op, version)
	WriteRefused Kind = "write-refused" // the guard refused it (op, token, note)
	WriteUnknown Kind = "write-unknown" // no answer (op)
	Done         Kind = "done"          // the client has finished its workload
	Skipped      Kind = "skipped"       // found that the job is done already (op, job)
	Marked       Kind = "marked"        // the job is marked as done (op, job)
	MarkUnknown  Kind = "mark-unknown"  // no answer (op, job)
)

// What the ledger does, in its own order. Client says on whose behalf.
const (
	LedgerOpened       Kind = "ledger-opened"        // the account as the trial found it (version, balance)
	LedgerRead         Kind = "ledger-read"          // (client, op, token, version, balance)
	LedgerReadRefused  Kind = "ledger-read-refused"  // (client, op, token, note)
	LedgerWrite        Kind = "ledger-write"         // accepted (client, op, token, base, version, balance)
	LedgerWriteRefused Kind = "ledger-write-refused" // (client, op, token, base, note)
	LedgerMarked       Kind = "ledger-marked"        // a job was marked as done (client, op, job)
)

// What the lock service thinks, in its own order.
const (
	Granted  Kind = "granted"  // the service gave the lock (grant, token where it issues one)
	Extended Kind = "extended" // it prolonged the lease (grant)
	Expired  Kind = "expired"  // it ended the lease because its time was up (grant)
	Freed    Kind = "freed"    // it gave the lock up on request (grant, client: who asked, where it can tell)
	// Forgotten: after a crash the service no longer knew of the lease, whose time was not
	// up (grant).
	Forgotten Kind = "forgotten"
)

// What one node of a service does whose clients count the votes of several independent
// nodes. The kinds above then say what follows for the lock as a whole.
const (
	NodeGranted  Kind = "node-granted"  // the node gave its vote (grant)
	NodeExtended Kind = "node-extended" // it prolonged it (grant)
	NodeEnded    Kind = "node-ended"    // it took it back (grant, ended, client: who asked, where it can tell)
)

// What the world does. Fault is the number of the fault in the header, Host the host that it
// was done to; a fault on links has none, and hosts in place of it.
const (
	FaultApplied  Kind = "fault-applied"  // (fault, host, hosts, parted, note: which hosts a role stood for, what was drawn)
	FaultProven   Kind = "fault-proven"   // a probe saw it in effect (fault, host, note)
	FaultUnproven Kind = "fault-unproven" // a probe did not, or it could not be applied (fault, host, note)
	FaultUndone   Kind = "fault-undone"   // (fault, host)
	// Late: a process of the host woke up later than the trial can bear, or a message from it
	// to another host and back took longer (late, note). Host empty: the switch. It is recorded
	// of hosts that the script has stopped, too.
	Late Kind = "late"
	End  Kind = "end" // the trial is over (note: why)
)

// Why a trial ended: the notes of the End event.
const (
	AllDone = "all clients are done"
	TimeUp  = "time is up"
)

// Event is one thing that happened. Which fields carry meaning depends on the Kind;
// the rest are zero and left out of the file.
type Event struct {
	Seq     int64         `json:"seq"`               // 1, 2, 3, … in the order of At
	At      time.Duration `json:"at"`                // true time since the world started, ns
	Host    HostID        `json:"host,omitempty"`    // where it happened; empty: the world itself
	Kind    Kind          `json:"kind"`              //
	Op      string        `json:"op,omitempty"`      // the withdrawal or attempt at a job, "client-1/2"
	Job     string        `json:"job,omitempty"`     // the job that must be done once; empty: a withdrawal
	Client  HostID        `json:"client,omitempty"`  // on whose behalf a server acted
	Grant   string        `json:"grant,omitempty"`   // the acquisition
	Token   uint64        `json:"token,omitempty"`   // fencing token; 0: none
	Until   time.Duration `json:"until,omitempty"`   // lease deadline on Host's own monotonic clock, ns
	Base    uint64        `json:"base,omitempty"`    // version of the account that a write was computed from
	Version uint64        `json:"version,omitempty"` // version of the account read, or made by a write
	Balance int64         `json:"balance,omitempty"` // balance read or written, cents
	Fault   int64         `json:"fault,omitempty"`   // number of the fault in Header.Faults, from 1; 0: it is about none
	Firing  int64         `json:"firing,omitempty"`  // tells the times apart that faults were done: 0, 1, 2, …
	Hosts   []HostID      `json:"hosts,omitempty"`   // of a fault on links: the hosts at their ends
	Parted  [][]HostID    `json:"parted,omitempty"`  // of a partition: hosts of different groups cannot talk to each other
	Ended   Kind          `json:"ended,omitempty"`   // how a vote ended: Expired, Freed or Forgotten
	Refused bool          `json:"refused,omitempty"` // the service answered that it does not have the grant as this client's
	Late    time.Duration `json:"late,omitempty"`    // how much time had been lost by then, ns
	Note    string        `json:"note,omitempty"`    // for people; nothing depends on it
}

// ClientKinds lists the kinds that client hosts record, in the order in which they
// occur; scenarios may trigger on them.
func ClientKinds() []Kind {
	return []Kind{
		Acquire, AcquireSent, Acquired, NotAcquired, Renewed, Lost,
		Read, ReadRefused, ReadUnknown, Check, Abandon, Ignored,
		Write, WriteSent, Wrote, WriteRefused, WriteUnknown,
		Release, Released, NotReleased, Done,
		Skipped, Marked, MarkUnknown,
	}
}

// ServerKinds lists the kinds that the ledger and lock services record; scenarios may
// trigger on them.
func ServerKinds() []Kind {
	return slices.Concat(
		[]Kind{LedgerRead, LedgerReadRefused, LedgerWrite, LedgerWriteRefused}, ServiceKinds(), []Kind{LedgerMarked},
	)
}

// ServiceKinds lists those of them that say what a lock service, or one of its nodes, did to a
// grant.
func ServiceKinds() []Kind {
	return []Kind{Granted, Extended, Expired, Freed, Forgotten, NodeGranted, NodeExtended, NodeEnded}
}

// WorldKinds lists those that are recorded by the world and never by a process.
func WorldKinds() []Kind {
	return []Kind{Deadline, LedgerOpened, FaultApplied, FaultProven, FaultUnproven, FaultUndone, Late, End}
}

// UntoldKinds lists those that a client's process records of what its user is not told. Nothing
// waits for them, so scenarios cannot trigger on them.
func UntoldKinds() []Kind { return []Kind{KeptAlive} }

// ofFault tells whether the event is about a fault.
func (e *Event) ofFault() bool {
	return e.Kind == FaultApplied || e.Kind == FaultProven || e.Kind == FaultUnproven || e.Kind == FaultUndone
}

// EndKinds lists those that say how a lease, or a vote for it, ended.
func EndKinds() []Kind { return []Kind{Expired, Freed, Forgotten} }

// Known tells whether k is a kind of this vocabulary.
func (k Kind) Known() bool { return known[k] }

var known = func() map[Kind]bool {
	all := map[Kind]bool{}
	for _, k := range slices.Concat(ClientKinds(), ServerKinds(), WorldKinds(), UntoldKinds()) {
		all[k] = true
	}
	return all
}()
