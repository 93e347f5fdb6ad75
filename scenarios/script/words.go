package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// happened says what a host has done when it records an event of a kind that a step can wait for.
var happened = map[sim.Kind]string{
	sim.Acquire:      "starts asking for the lock",
	sim.AcquireSent:  "has sent a request for the lock but not read the answer",
	sim.Acquired:     "has been told that it holds the lock",
	sim.NotAcquired:  "has given up waiting for the lock",
	sim.Renewed:      "has renewed its lease",
	sim.Lost:         "has found out that it no longer holds the lock",
	sim.Read:         "has read the balance",
	sim.ReadRefused:  "has been refused a read",
	sim.ReadUnknown:  "has received no answer to a read",
	sim.Check:        "has looked at its deadline and found the lease still good",
	sim.Abandon:      "has abandoned a withdrawal before the write",
	sim.Ignored:      "knows that its lease is over but keeps working",
	sim.Write:        "is about to send its write",
	sim.WriteSent:    "has sent its write but not read the answer",
	sim.Wrote:        "has been told that its write is done",
	sim.WriteRefused: "has been refused a write",
	sim.WriteUnknown: "has received no answer to a write",
	sim.Release:      "is about to give the lock back",
	sim.Released:     "has given the lock back",
	sim.NotReleased:  "has tried to release the lock without success",
	sim.Done:         "has finished all its work",
	sim.Skipped:      "has found its job done already",
	sim.Marked:       "has been told that its job is marked as done",
	sim.MarkUnknown:  "has received no answer when it marked its job as done",

	sim.Add:        "is about to add an element to the set",
	sim.Added:      "has been told that its element was added",
	sim.AddRefused: "has been refused an element",
	sim.AddUnknown: "has not been told that its element is in enough servers' sets",

	sim.LedgerRead:         "has answered a read",
	sim.LedgerReadRefused:  "has refused a read",
	sim.LedgerWrite:        "has accepted a write",
	sim.LedgerWriteRefused: "has refused a write",
	sim.LedgerMarked:       "has marked a job as done",

	sim.Granted:   "has granted the lock",
	sim.Extended:  "has renewed a lease",
	sim.Expired:   "has ended a lease because its time was up",
	sim.Freed:     "has freed the lock on request",
	sim.Forgotten: "has come back from a crash without the lease",

	sim.NodeGranted:  "has given its vote for a lease",
	sim.NodeExtended: "has renewed its vote for a lease",
	sim.NodeEnded:    "has ended its vote for a lease",
}

// inWords returns what a host has done when it records an event of this kind.
func inWords(k sim.Kind) string {
	text, known := happened[k]
	if !known {
		panic(fmt.Sprintf("there are no words for the event %q", string(k)))
	}
	return text
}

// inBoth returns a length of time in leases and absolutely: "1.5ttl (15s)", "2s (0.2ttl)", "1ttl+2s
// (12s)".
func inBoth(s sim.Span, ttl time.Duration) string {
	d := s.In(ttl)
	if strings.Contains(s.String(), "ttl") {
		return fmt.Sprintf("%s (%s)", s, Short(d))
	}
	leases := strconv.FormatFloat(float64(d)/float64(ttl), 'g', 3, 64)
	return fmt.Sprintf("%s (%sttl)", Short(d), leases)
}

// Short formats a duration without trailing zeros: "1000h", "4m".
func Short(d time.Duration) string {
	text := d.String()
	if trimmed, ok := strings.CutSuffix(text, "m0s"); ok {
		text = trimmed + "m"
	}
	if trimmed, ok := strings.CutSuffix(text, "h0m"); ok {
		text = trimmed + "h"
	}
	return text
}

// ordinal returns "first", "second", "third", "4th" and so on.
func ordinal(n int) string {
	if names := []string{"first", "second", "third"}; n >= 1 && n <= len(names) {
		return names[n-1]
	}
	return trace.Ordinal(n)
}

// wrap breaks text at spaces into lines of at most width characters; only a single word may make a
// line longer. The first line begins with first, the others with rest.
func wrap(text, first, rest string, width int) string {
	var b strings.Builder
	line := first
	empty := true
	for _, w := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(w)) > width {
			b.WriteString(line + "\n")
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += w
		empty = false
	}
	b.WriteString(line + "\n")
	return b.String()
}
