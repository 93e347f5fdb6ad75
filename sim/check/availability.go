package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// patience is how long a client may wait for the lock, in leases: one for the lease of a holder
// that died, one for a service that has to recover, and one for other clients in line.
const patience = 3

// Patience returns how long a client may wait for a lock with leases of this length before
// availability calls it too long.
func Patience(ttl time.Duration) time.Duration { return patience * ttl }

// availability is violated if a client that asked for the lock gave up, or waited longer than
// patience. Time in which the client itself was stopped does not count, and a client that died
// has no claim to the lock. The sentence gives the figures: the share of attempts that were
// served and the longest wait, by phase of the trial and by client, and how long after the death
// of its holder the lock was held again.
//
// This judges the service that clients get, not its cause: with many clients and long sections,
// somebody may wait too long although nothing is wrong.
func availability(t *trace.Trace) Finding {
	h := t.History
	if h.Header.TTL <= 0 {
		return undecided(Availability, "the history does not say how long a lease is, so there is no bound on waits")
	}
	all := attempts(t)
	bound := patience * h.Header.TTL
	asked, unserved := 0, 0
	var worst Finding
	var late []sim.HostID
	var open *attempt
	for _, a := range all {
		if a.Died != nil {
			continue
		}
		asked++
		if (a.Ended != nil && !a.Served() || a.waited > bound) && !slices.Contains(late, a.Client) {
			late = append(late, a.Client)
		}
		switch {
		case a.Ended != nil && !a.Served():
			if unserved++; unserved == 1 {
				worst = violated(Availability, "%s asked for the lock at %s and gave up at %s", a.Client, clock(a.Began.At), clock(a.Ended.At)).
					shownBy(a.Began, a.Ended)
			}
		case a.waited > bound:
			if unserved++; unserved == 1 {
				worst = violated(Availability, "%s asked for the lock at %s and waited for it longer than %d leases", a.Client, clock(a.Began.At), patience).
					shownBy(a.Began, a.Ended)
			}
		case a.Ended == nil && open == nil:
			open = a
		}
	}
	switch {
	case asked == 0:
		return undecided(Availability, "no client that stayed alive asked for the lock")
	case unserved > 0:
		slices.Sort(late)
		worst.Unserved = late
		worst.Why += fmt.Sprintf(" (%d of %s not served in time: %s)", unserved, count(asked, "attempt"), figures(all)+recovery(t))
		return worst
	case open != nil:
		return undecided(Availability, "%s was still waiting after %s when the trial ended; %d leases are allowed (%s)",
			open.Client, clock(open.waited), patience, figures(all)+recovery(t)).shownBy(open.Began)
	}
	return holds(Availability, "%s, each served within %d leases: %s", count(asked, "attempt"), patience, figures(all)+recovery(t))
}

// recovery says how long nobody held the lock after a client had died while holding it: "; the
// lock was held again 10.204s after client-1 had died with it".
func recovery(t *trace.Trace) string {
	var out strings.Builder
	for _, r := range t.Faults {
		if r.Applied == nil || !r.Kind.SwitchesOff() || !t.History.IsClient(r.Host) || !diedHolding(t, r) {
			continue
		}
		next := nextHolder(t.History, r)
		if next == nil {
			fmt.Fprintf(&out, "; nobody held the lock again after %s died holding it", r.Host)
			continue
		}
		fmt.Fprintf(&out, "; the lock was held again %s after %s died holding it", clock(next.At-r.Applied.At), r.Host)
	}
	return out.String()
}

// diedHolding reports whether a client held a lease that was valid by its own clock right before
// it died.
func diedHolding(t *trace.Trace, death *trace.FaultRun) bool {
	before := death.Applied.Seq - 1
	return slices.ContainsFunc(t.BeliefsOf(death.Host), func(b *trace.Belief) bool {
		return b.Began.Seq <= before && b.Open(before) && b.Valid(before)
	})
}

// nextHolder returns the first event after a fault, such as a client's death, by which somebody
// acquires the lock. It returns nil if there is none.
func nextHolder(h *sim.History, death *trace.FaultRun) *sim.Event {
	for i := death.From + 1; i < len(h.Events); i++ {
		if e := &h.Events[i]; e.Kind == sim.Acquired {
			return e
		}
	}
	return nil
}
