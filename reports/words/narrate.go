package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Narrator describes the events of one trial in sentences. It knows whose each grant is, which
// the servers of most lock services do not.
type Narrator struct{ trace *trace.Trace }

// NewNarrator returns a Narrator for a history that has been read.
func NewNarrator(t *trace.Trace) Narrator { return Narrator{t} }

// sentences has one sentence for every kind of event, with placeholders in braces.
var sentences = map[sim.Kind]string{
	sim.Acquire:     "{host} asks for the lock",
	sim.AcquireSent: "{host} sends a request for the lock",
	sim.Acquired:    "{host} is told that it holds the lock{token}{until}",
	sim.NotAcquired: "{host} gives up asking for the lock{note}",
	sim.Renewed:     "{host} is told that its lease was renewed{until}",
	sim.KeptAlive:   "the lease or session of {host} is renewed, but its user is not told",
	sim.Lost:        "{host} finds out that it no longer holds the lock{note}",
	sim.Release:     "{host} is done and asks to release the lock",
	sim.Released:    "{host} is told that the lock is released",
	sim.NotReleased: "{host} is not told that the lock is released{note}",
	sim.Deadline:    "the lease of {host} has expired by its own clock",

	sim.Read:         "{host} has read the balance: {balance} (v{version}){job}{note}",
	sim.ReadRefused:  "{host} is refused the read{note}",
	sim.ReadUnknown:  "{host} gets no answer to its read",
	sim.Check:        "{host} looks at its deadline: the lease is still good",
	sim.Abandon:      "{host} stops before it writes{note}",
	sim.Ignored:      "{host} keeps working regardless{note}",
	sim.Write:        "{host} is about to write {balance}, computed from v{base}{token}{job}",
	sim.WriteSent:    "{host} has sent its write",
	sim.Wrote:        "{host} is told that its write was accepted (v{version})",
	sim.WriteRefused: "{host} is told that its write was refused{note}",
	sim.WriteUnknown: "{host} gets no answer to its write",
	sim.Done:         "{host} has finished its work",
	sim.Skipped:      "{host} finds that the job is already done{job}",
	sim.Marked:       "{host} is told that the job is marked as done{job}",
	sim.MarkUnknown:  "{host} gets no answer when it marks the job as done{job}",

	sim.Add:        "{host} is about to add {op} to the set{note}",
	sim.Added:      "{host} is told that {op} was added to the set",
	sim.AddRefused: "{host} is told that {op} was not added to the set{note}",
	sim.AddUnknown: "{host} is not told that {op} is in the set{note}",
	sim.InSet:      "at the end of the trial, the set of {host} contains {op}",
	sim.SetRead:    "the set of {host} contains nothing else{note}",

	sim.LedgerOpened:       "the account is opened with {balance} (v{version})",
	sim.LedgerRead:         "the account is read for {client}: {balance} (v{version}){token}",
	sim.LedgerReadRefused:  "the account refuses a read of {client}{token}{note}",
	sim.LedgerWrite:        "the account accepts the write of {client}: {balance} (v{version}), computed from v{base}{token}{job}",
	sim.LedgerWriteRefused: "the account refuses the write of {client}, computed from v{base}{token}{note}",
	sim.LedgerMarked:       "the account marks the job of {client} as done{job}",

	sim.Granted:   "{host} gives the lock to {owner}{token}",
	sim.Extended:  "{host} renews the lease of {owner}",
	sim.Expired:   "{host} expires the lease of {owner}",
	sim.Freed:     "{host} frees the lock of {owner}{asked}",
	sim.Forgotten: "{host} has forgotten the lease of {owner}",

	sim.NodeGranted:  "{host} gives its vote to {owner}",
	sim.NodeExtended: "{host} renews its vote for {owner}",
	sim.NodeEnded:    "{host} takes back its vote for {owner}{ended}",

	sim.FaultApplied:  "fault: {fault}{note}",
	sim.FaultProven:   "a probe sees the fault in effect: {fault}{note}",
	sim.FaultUnproven: "a probe does not see the fault in effect: {fault}{note}",
	sim.FaultUndone:   "the fault is over: {fault}",
	sim.Late:          "a delay of {late}{note}",
	sim.End:           "the trial is over{note}",
}

// ofJobs has the sentences that differ if the work is a job: a client writes a charge, and the
// account says what is left.
var ofJobs = map[sim.Kind]string{
	sim.Read:         "{host} has checked whether the job is done{job}{note}",
	sim.Write:        "{host} is about to charge the account{job}{token}",
	sim.Wrote:        "{host} is told that the account was charged{job}",
	sim.WriteRefused: "{host} is told that its charge was refused{job}{note}",
	sim.WriteUnknown: "{host} gets no answer to its charge{job}",

	sim.LedgerRead:         "the account is asked for {client} whether the job is done{job}{token}{note}",
	sim.LedgerWrite:        "the account is charged for {client}: {balance} (v{version}) is left{job}{token}",
	sim.LedgerWriteRefused: "the account refuses the charge of {client}{job}{token}{note}",
}

// Sentence describes one event, without its time: "redis-1 gives the lock to client-2 (token
// 34)".
func (n Narrator) Sentence(e *sim.Event) string {
	text, known := sentences[e.Kind]
	if !known {
		return string(e.Kind)
	}
	if job, other := ofJobs[e.Kind]; other && e.Job != "" {
		text = job
	}
	where := func(h sim.HostID) string {
		if h == "" {
			return "somebody"
		}
		return string(h)
	}
	owner := n.trace.Owner(e.Grant)
	if owner == "" {
		owner = e.Client
	}
	asked := ""
	if e.Client != "" {
		asked = ", as " + string(e.Client) + " asked"
	}
	number := func(v uint64) string { return strconv.FormatUint(v, 10) }
	return strings.NewReplacer(
		"{op}", e.Op, "{host}", where(e.Host), "{client}", where(e.Client), "{owner}", where(owner), "{asked}", asked,
		"{balance}", strconv.FormatInt(e.Balance, 10), "{version}", number(e.Version), "{base}", number(e.Base),
		"{token}", behind(e.Token != 0, " (token "+number(e.Token)+")"),
		"{until}", behind(e.Until != 0, ", until "+strconv.FormatFloat(e.Until.Seconds(), 'f', 3, 64)+" s on its own clock"),
		"{late}", lost(e.Late),
		"{job}", behind(e.Job != "", " ["+e.Job+"]"),
		"{fault}", n.trace.History.Header.LaneOf(e), "{ended}", behind(e.Ended != "", " ("+string(e.Ended)+")"), "{note}", behind(e.Note != "", " ("+e.Note+")"),
	).Replace(text)
}

// lost formats by how much somebody was late.
func lost(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

func behind(there bool, text string) string {
	if there {
		return text
	}
	return ""
}
