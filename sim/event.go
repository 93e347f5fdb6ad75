package sim

import (
	"slices"
	"time"
)

// Kind is the kind of an event. Scenarios name kinds in their triggers.
type Kind string

// What a client does with the lock. Op names the withdrawal that the lock is for. Grant names
// the acquisition: the lock value, key or znode by which the service knows it.
const (
	Acquire     Kind = "acquire"      // asks for the lock (op)
	AcquireSent Kind = "acquire-sent" // a request that would grant the lock is on its way and no answer has been read; the service may have acted on it (grant)
	Acquired    Kind = "acquired"     // was told that it holds the lock (op, grant, token, until)
	NotAcquired Kind = "not-acquired" // gave up (op, note: why)
	Renewed     Kind = "renewed"      // the lease was extended (grant, until)
	Lost        Kind = "lost"         // found out that it no longer holds the lock (grant, note)
	Release     Kind = "release"      // is done and asks to release the lock (op, grant)
	Released    Kind = "released"     // was told that the lock is released (op, grant)
	NotReleased Kind = "not-released" // was told otherwise, or nothing (op, grant, refused, note)
	// Deadline is added after the run: the client's own clock reached the deadline that the
	// client had computed (grant, until).
	Deadline Kind = "deadline"
)

// KeptAlive is an answer that a client's library keeps from its user: the server extended the
// lease or session that the lock depends on (grant: the lock that is held).
const KeptAlive Kind = "kept-alive"

// What a client does with the protected account.
const (
	Read         Kind = "read"          // the balance was read (op, version, balance; token: one issued by the account; note: what was drawn)
	ReadRefused  Kind = "read-refused"  // the guard refused the read (op, token, note)
	ReadUnknown  Kind = "read-unknown"  // no answer (op)
	Check        Kind = "check"         // looked at its deadline: the lease is still valid (op, grant)
	Abandon      Kind = "abandon"       // gave up the withdrawal before the write (op, grant, note)
	Ignored      Kind = "ignored"       // knows that the lock is lost or past its deadline, and carries on (op, grant, note)
	Write        Kind = "write"         // is about to send the write (op, grant, token, base, balance)
	WriteSent    Kind = "write-sent"    // the write is on its way and no answer has been read; the account may have taken it (op)
	Wrote        Kind = "wrote"         // the write was acknowledged (op, version)
	WriteRefused Kind = "write-refused" // the guard refused the write (op, token, note)
	WriteUnknown Kind = "write-unknown" // no answer (op)
	Done         Kind = "done"          // the client has finished its workload
	Skipped      Kind = "skipped"       // found the job already done (op, job)
	Marked       Kind = "marked"        // the job was marked as done (op, job)
	MarkUnknown  Kind = "mark-unknown"  // no answer (op, job)
)

// What a client does that adds elements, without any lock, to a set kept by the lock service.
// The element is the operation.
const (
	Add        Kind = "add"         // is about to send an element (op, note: what was drawn)
	Added      Kind = "added"       // the element was acknowledged, by enough replicas too if WAIT was used (op)
	AddRefused Kind = "add-refused" // the service refused the element (op, note)
	AddUnknown Kind = "add-unknown" // no answer, or too few replicas confirmed it in time (op, note)
)

// What the set contains when a trial is over: one InSet event for each element, then SetRead.
// Both are stamped with the end of the trial, after which no client adds anything. Host is the
// server that was asked, which is the master where there is one.
const (
	InSet   Kind = "in-set"   // the set contains this element (op)
	SetRead Kind = "set-read" // the set was read completely (note: number of elements)
)

// What the ledger does, in its own order. Client is the client it acts for.
const (
	LedgerOpened       Kind = "ledger-opened"        // the account as the trial found it (version, balance)
	LedgerRead         Kind = "ledger-read"          // (client, op, token, version, balance)
	LedgerReadRefused  Kind = "ledger-read-refused"  // (client, op, token, note)
	LedgerWrite        Kind = "ledger-write"         // accepted (client, op, token, base, version, balance)
	LedgerWriteRefused Kind = "ledger-write-refused" // (client, op, token, base, note)
	LedgerMarked       Kind = "ledger-marked"        // a job was marked as done (client, op, job)
)

// What the lock service decides, in its own order.
const (
	Granted  Kind = "granted"  // the service granted the lock (grant, token if it issues tokens)
	Extended Kind = "extended" // it extended the lease (grant)
	Expired  Kind = "expired"  // it ended the lease because the lease's time was up (grant)
	Freed    Kind = "freed"    // it released the lock on request (grant, client: who asked, if it can tell)
	// Forgotten means that after a crash the service no longer knew of the lease, although the
	// lease's time was not up (grant).
	Forgotten Kind = "forgotten"
)

// What one node does in a service whose clients count the votes of several independent nodes.
// The kinds above then give the result for the lock as a whole.
const (
	NodeGranted  Kind = "node-granted"  // the node gave its vote (grant)
	NodeExtended Kind = "node-extended" // it extended its vote (grant)
	NodeEnded    Kind = "node-ended"    // it withdrew its vote (grant, ended, client: who asked, if it can tell)
)

// What the world does. Fault is the number of the fault in the header, and Host is the host it
// was done to. A fault on links has Hosts instead of Host.
const (
	FaultApplied  Kind = "fault-applied"  // (fault, host, hosts, parted, note: which hosts a role stood for, what was drawn)
	FaultProven   Kind = "fault-proven"   // a probe saw the fault in effect (fault, host, note)
	FaultUnproven Kind = "fault-unproven" // a probe did not, or the fault could not be applied (fault, host, note)
	FaultUndone   Kind = "fault-undone"   // (fault, host)
	// Late means that a process of the host woke up later than the trial can bear, or that a
	// message from it to another host and back took longer (late, note). An empty Host is the
	// switch. Late is recorded for hosts that the script has stopped, too.
	Late Kind = "late"
	End  Kind = "end" // the trial is over (note: why)
)

// Why a trial ended. These are the notes of the End event.
const (
	AllDone = "all clients are done"
	TimeUp  = "time is up"
)

// Event is one thing that happened. Which fields have a meaning depends on the Kind; the others
// are zero and omitted from the file.
type Event struct {
	Seq     int64         `json:"seq"`               // 1, 2, 3, … in the order of At
	At      time.Duration `json:"at"`                // true time since the world started, ns
	Host    HostID        `json:"host,omitempty"`    // where it happened; empty means the world itself
	Kind    Kind          `json:"kind"`              //
	Op      string        `json:"op,omitempty"`      // the withdrawal, attempt at a job, or element: "client-1/2"
	Job     string        `json:"job,omitempty"`     // the job that must be done once; empty for a withdrawal
	Client  HostID        `json:"client,omitempty"`  // the client that a server acted for
	Grant   string        `json:"grant,omitempty"`   // the acquisition
	Token   uint64        `json:"token,omitempty"`   // fencing token; 0 means none
	Until   time.Duration `json:"until,omitempty"`   // lease deadline on Host's own monotonic clock, ns
	Base    uint64        `json:"base,omitempty"`    // version of the account from which a write was computed
	Version uint64        `json:"version,omitempty"` // version of the account that was read, or that a write made
	Balance int64         `json:"balance,omitempty"` // balance read or written, cents
	Fault   int64         `json:"fault,omitempty"`   // number of the fault in Header.Faults, from 1; 0 means none
	Firing  int64         `json:"firing,omitempty"`  // distinguishes the firings of faults: 0, 1, 2, …
	Hosts   []HostID      `json:"hosts,omitempty"`   // for a fault on links: the hosts at their ends
	Parted  [][]HostID    `json:"parted,omitempty"`  // for a partition: hosts of different groups cannot talk to each other
	Ended   Kind          `json:"ended,omitempty"`   // how a vote ended: Expired, Freed or Forgotten
	Refused bool          `json:"refused,omitempty"` // the service answered that this client does not hold the grant
	Late    time.Duration `json:"late,omitempty"`    // time lost so far, ns
	Note    string        `json:"note,omitempty"`    // for people; nothing depends on it
}

// ClientKinds lists the kinds that client hosts record, in the order in which they occur.
// Scenarios may trigger on them.
func ClientKinds() []Kind {
	return []Kind{
		Acquire, AcquireSent, Acquired, NotAcquired, Renewed, Lost,
		Read, ReadRefused, ReadUnknown, Check, Abandon, Ignored,
		Write, WriteSent, Wrote, WriteRefused, WriteUnknown,
		Release, Released, NotReleased, Done,
		Skipped, Marked, MarkUnknown,
		Add, Added, AddRefused, AddUnknown,
	}
}

// ServerKinds lists the kinds that the ledger and lock services record. Scenarios may trigger on
// them.
func ServerKinds() []Kind {
	return slices.Concat(
		[]Kind{LedgerRead, LedgerReadRefused, LedgerWrite, LedgerWriteRefused}, ServiceKinds(), []Kind{LedgerMarked},
	)
}

// ServiceKinds lists the ServerKinds that say what a lock service, or one of its nodes, did to a
// grant.
func ServiceKinds() []Kind {
	return []Kind{Granted, Extended, Expired, Freed, Forgotten, NodeGranted, NodeExtended, NodeEnded}
}

// WorldKinds lists the kinds that the world records and no process does.
func WorldKinds() []Kind {
	return []Kind{Deadline, LedgerOpened, FaultApplied, FaultProven, FaultUnproven, FaultUndone, Late, InSet, SetRead, End}
}

// UntoldKinds lists the kinds that a client's process records about things its user is not told.
// Nothing waits for them, so scenarios cannot trigger on them.
func UntoldKinds() []Kind { return []Kind{KeptAlive} }

// ofFault reports whether the event is about a fault.
func (e *Event) ofFault() bool {
	return e.Kind == FaultApplied || e.Kind == FaultProven || e.Kind == FaultUnproven || e.Kind == FaultUndone
}

// EndKinds lists the kinds that say how a lease, or a vote for one, ended.
func EndKinds() []Kind { return []Kind{Expired, Freed, Forgotten} }

// Known reports whether k is one of the kinds defined in this package.
func (k Kind) Known() bool { return known[k] }

var known = func() map[Kind]bool {
	all := map[Kind]bool{}
	for _, k := range slices.Concat(ClientKinds(), ServerKinds(), WorldKinds(), UntoldKinds()) {
		all[k] = true
	}
	return all
}()
