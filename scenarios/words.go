package scenarios

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// inWords says what has happened on a host when it records an event of this kind.
func inWords(k sim.Kind) string {
	switch k {
	case sim.Acquire:
		return "begins to ask for the lock"
	case sim.AcquireSent:
		return "has sent a request for the lock and not read the answer"
	case sim.Acquired:
		return "has been told that it holds the lock"
	case sim.NotAcquired:
		return "has given up waiting for the lock"
	case sim.Renewed:
		return "has prolonged its lease"
	case sim.Lost:
		return "has found out that it no longer holds the lock"
	case sim.Read:
		return "has read the balance"
	case sim.ReadRefused:
		return "has been refused a read"
	case sim.ReadUnknown:
		return "has got no answer to a read"
	case sim.Check:
		return "has looked at its deadline and found the lease still good"
	case sim.Abandon:
		return "has given a withdrawal up before the write"
	case sim.Ignored:
		return "knows that its lease is over, and works on"
	case sim.Write:
		return "is about to send its write"
	case sim.WriteSent:
		return "has sent its write and not read the answer"
	case sim.Wrote:
		return "has been told that its write is done"
	case sim.WriteRefused:
		return "has been refused a write"
	case sim.WriteUnknown:
		return "has got no answer to a write"
	case sim.Release:
		return "is about to give the lock back"
	case sim.Released:
		return "has given the lock back"
	case sim.NotReleased:
		return "has tried in vain to give the lock back"
	case sim.Done:
		return "has finished all its work"
	case sim.LedgerRead:
		return "has answered a read"
	case sim.LedgerReadRefused:
		return "has refused a read"
	case sim.LedgerWrite:
		return "has taken a write"
	case sim.LedgerWriteRefused:
		return "has refused a write"
	case sim.Granted:
		return "has granted the lock"
	case sim.Extended:
		return "has prolonged a lease"
	case sim.Expired:
		return "has ended a lease because its time was up"
	case sim.Freed:
		return "has taken the lock back from its holder"
	case sim.Skipped:
		return "has found its job done already"
	case sim.Marked:
		return "has been told that its job is marked as done"
	case sim.MarkUnknown:
		return "has got no answer when it marked its job as done"
	case sim.LedgerMarked:
		return "has marked a job as done"
	case sim.Forgotten:
		return "has come back from a crash without the lease"
	case sim.NodeGranted:
		return "has given its vote for a lease"
	case sim.NodeExtended:
		return "has prolonged its vote for a lease"
	case sim.NodeEnded:
		return "has ended its vote for a lease"
	}
	return "has recorded " + string(k)
}

// inBoth gives a time in leases and absolutely: "1.5ttl (15s)", "2s (0.2ttl)", "1ttl+2s (12s)".
func inBoth(s sim.Span, ttl time.Duration) string {
	d := s.In(ttl)
	if strings.Contains(s.String(), "ttl") {
		return fmt.Sprintf("%s (%s)", s, short(d))
	}
	leases := strconv.FormatFloat(float64(d)/float64(ttl), 'g', 3, 64)
	return fmt.Sprintf("%s (%sttl)", short(d), leases)
}

// short writes a duration without the zeros at its end: "1000h", "4m".
func short(d time.Duration) string {
	text := d.String()
	if trimmed, ok := strings.CutSuffix(text, "m0s"); ok {
		text = trimmed + "m"
	}
	if trimmed, ok := strings.CutSuffix(text, "h0m"); ok {
		text = trimmed + "h"
	}
	return text
}

// ordinal gives "first", "second", "third", "4th".
func ordinal(n int) string {
	if names := []string{"first", "second", "third"}; n >= 1 && n <= len(names) {
		return names[n-1]
	}
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// wrap breaks text at spaces into lines of at most width characters, where no single
// word is longer; the first line begins with first, the others with rest.
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
