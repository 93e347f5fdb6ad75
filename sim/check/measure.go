package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// Measure names a figure that can be read off a history.
type Measure string

// The measures. Lengths are true time in seconds.
const (
	// LeaseLength is the time from the lock service's last grant or renewal of a lease to the
	// moment at which the service ended it because its time was up. If nobody sees the service
	// prolong the lease, the holder's word counts, which comes a moment later.
	LeaseLength Measure = "lease"
	// NextGrant is the time from a fault until the next client is told that it holds the lock.
	NextGrant Measure = "next-grant"
	// Wait is how long a client waited for the lock, successfully or not. Time in which the
	// client itself was stopped does not count.
	Wait Measure = "wait"
	// AskAgain is the time from one request for the lock to the next one of the same attempt.
	AskAgain Measure = "ask-again"
	// RenewEvery is the time from one renewal of a lease, or of the session that a lock depends
	// on, to the next one under the same lock. A renewal counts when the client hears of it or,
	// if no client does, when the lock service prolongs the lease.
	RenewEvery Measure = "renew-every"
	// ReleaseTime is the time from a client's request to release the lock until it is told that
	// the lock is released, is told that it is not, or gives up waiting.
	ReleaseTime Measure = "release-time"
	// Notice is the time from the end of a lease at the lock service until its holder found out;
	// 0 if it already knew.
	Notice Measure = "notice"
	// OverlapTime is the total time in which two or more clients believed at once that they held
	// the lock. A belief lasts until the client asks to release the lock or is told that it is
	// lost.
	OverlapTime Measure = "overlap-time"
	// OverlapLongest is the longest of these times without a break, or 0 if there were none.
	OverlapLongest Measure = "overlap-longest"
	// WorkOverlapTime is the total time in which two or more clients were at work under the lock
	// at once, whether or not they had been told of its loss. See trace.Work for what that means.
	WorkOverlapTime Measure = "work-overlap-time"
	// WorkOverlapLongest is the longest of these times without a break.
	WorkOverlapLongest Measure = "work-overlap-longest"
	// DoneMinusNextGrant is the time from when the next client was told that it holds the lock
	// until the previous holder was told that its lock is lost. It is negative if the previous
	// holder was told first. A holder gives no value if it asked to release the lock before it
	// was told of anything, if it was never told, or if it was itself the next holder.
	DoneMinusNextGrant Measure = "done-minus-next-grant"
	// HoldersAtOnce is the largest number of clients that believed at one time that they held
	// the lock.
	HoldersAtOnce Measure = "holders-at-once"
	// GrantsAtOnce is the same at the servers: the largest number of grants at one time that had
	// been given, had not been given back, and were not over for their clients.
	GrantsAtOnce Measure = "grants-at-once"
	// LostLocks is the share of acquired locks whose client was told that the lock is lost, or
	// was not told that it is released. Locks whose end the client does not know of do not
	// count.
	LostLocks Measure = "lost-locks"
	// LostShare is the share of acknowledged writes that are gone: withdrawals that are missing
	// from the balance, or elements that are missing from the set.
	LostShare Measure = "lost-share"
	// RefusedShare is the share of reads and writes that the guard refused.
	RefusedShare Measure = "refused-share"
	// DuplicateShare is the share of effects that were applied more than once.
	DuplicateShare Measure = "duplicate-share"
	// ServedShare is the share of attempts to get the lock that were served.
	ServedShare Measure = "served-share"
	// ServedBefore is the share of attempts made before the first fault took effect that were
	// served.
	ServedBefore Measure = "served-before"
	// ServedDuring is the same for attempts made while faults were in effect, or between two of
	// them.
	ServedDuring Measure = "served-during"
	// ServedAfter is the same for attempts made after all faults were over.
	ServedAfter Measure = "served-after"
	// ServedMajority is the share of attempts that were served, among those made entirely during
	// a partition by clients that could reach a majority of the lock's servers. See side for
	// what that means.
	ServedMajority Measure = "served-majority"
	// ServedMinority is the same for clients that could not reach a majority.
	ServedMinority Measure = "served-minority"
	// Messages is how many messages the clients sent to the lock service per acquisition:
	// requests, renewals and releases. What servers send does not count, neither answers nor
	// what they say to each other.
	Messages Measure = "messages"
	// Inversions is the share of neighbouring grants, in their order, of which the later one has
	// the lower name: 0 if the names rise, about one half if they are random.
	Inversions Measure = "inversions"
)

// Unit is what a measure is counted in.
type Unit string

// The units.
const (
	Seconds Unit = "s"
	Share   Unit = ""  // from 0 to 1
	Number  Unit = "#" // of messages, of clients
)

// gauge is one row of the table of measures.
type gauge struct {
	measure Measure
	unit    Unit
	means   string
	read    func(*trace.Trace) []float64
}

func gauges() []gauge {
	return []gauge{
		{LeaseLength, Seconds, "from the last grant or renewal of a lease to its end at the lock service", leaseLengths},
		{NextGrant, Seconds, "from a fault to the next time that a client gets the lock", nextGrants},
		{Wait, Seconds, "how long a client waits for the lock", waits},
		{AskAgain, Seconds, "from one request for the lock to the next one of the same attempt", asksAgain},
		{RenewEvery, Seconds, "from one renewal of a lease to the next one of the same lease", renewsEvery},
		{ReleaseTime, Seconds, "from a client's request to release the lock to the answer, or to the end of its patience", releaseTimes},
		{Notice, Seconds, "from the end of a lease at the lock service to the moment at which its holder finds out", notices},
		{OverlapTime, Seconds, "total time in which two or more clients believe at once that they hold the lock", overlapTime},
		{OverlapLongest, Seconds, "the longest of these times, without a break", overlapLongest},
		{WorkOverlapTime, Seconds, "total time in which two or more clients work under the lock at once, told of its loss or not", workOverlapTime},
		{WorkOverlapLongest, Seconds, "the longest of these times, without a break", workOverlapLongest},
		{DoneMinusNextGrant, Seconds, "from when the next client is told that it holds the lock to when the previous holder is told that its lock is lost; negative if the previous holder is told first", doneMinusNextGrant},
		{HoldersAtOnce, Number, "largest number of clients that believe at one time that they hold the lock", holdersAtOnce},
		{GrantsAtOnce, Number, "largest number of grants at one time that are neither given back nor over by their clients' own clocks, whether or not the clients read the answer", grantsAtOnce},
		{LostLocks, Share, "the share of acquired locks whose holder is told of the loss, or gets no confirmation of the release", lostLocks},
		{LostShare, Share, "the share of acknowledged withdrawals that are missing from the balance, or of acknowledged elements that are missing from the set", lostShare},
		{DuplicateShare, Share, "the share of withdrawals, or of charges for jobs, that were applied more than once", duplicateShare},
		{RefusedShare, Share, "the share of reads and writes that the guard refuses", refusedShare},
		{ServedShare, Share, "the share of attempts to get the lock that are served", servedShare},
		{ServedBefore, Share, "the same for attempts that begin before the first fault", servedBefore},
		{ServedDuring, Share, "the same for attempts that begin while faults are in effect, or between them", servedDuring},
		{ServedAfter, Share, "the same for attempts that begin after the last fault is over", servedAfter},
		{ServedMajority, Share, "the same for attempts during a partition by clients that can reach a majority of the lock's servers", servedMajority},
		{ServedMinority, Share, "the same for attempts during a partition by clients that cannot", servedMinority},
		{Messages, Number, "messages that clients send to the lock service per acquisition", messagesPerGrant},
		{Inversions, Share, "the share of grants whose name is lower than that of the grant before", inversions},
	}
}

// Measures lists all measures, in the order of reports.
func Measures() []Measure {
	var all []Measure
	for _, g := range gauges() {
		all = append(all, g.measure)
	}
	return all
}

func (m Measure) gauge() gauge {
	for _, g := range gauges() {
		if g.measure == m {
			return g
		}
	}
	panic(fmt.Sprintf("check: no measure is called %q", string(m)))
}

// Known reports whether m is a measure.
func (m Measure) Known() bool {
	return slices.ContainsFunc(gauges(), func(g gauge) bool { return g.measure == m })
}

// Unit returns what the measure is counted in.
func (m Measure) Unit() Unit { return m.gauge().unit }

// Signed reports whether the measure can be below 0.
func (m Measure) Signed() bool { return m == DoneMinusNextGrant }

// In reports whether a world has the measure: messages are counted in the virtual world only.
func (m Measure) In(world string) bool { return m != Messages || world == sim.VirtualWorld }

// Means says what is measured, in words.
func (m Measure) Means() string { return m.gauge().means }

// MeasureAll returns every measure that the history has a value for, in the order of Measures.
func MeasureAll(t *trace.Trace) []Measured {
	var out []Measured
	for _, g := range gauges() {
		if values := g.read(t); len(values) > 0 {
			out = append(out, measured(g.measure, values))
		}
	}
	return out
}

// Values returns all values that the history has for one measure, in its order.
func Values(t *trace.Trace, m Measure) []float64 { return m.gauge().read(t) }

// leaseLengths counts each lease from when the lock service last confirmed it. If nobody sees
// the service prolong a lease, as with the renewals that etcd's leader keeps to itself, the word
// of the holder or its library stands in. It comes one message later than the renewal.
func leaseLengths(t *trace.Trace) (out []float64) {
	h := t.History
	seen := map[string]bool{} // the service was seen to prolong the grant
	for _, e := range h.Events {
		seen[e.Grant] = seen[e.Grant] || e.Kind == sim.Extended
	}
	confirmed := map[string]time.Duration{}
	for _, e := range h.Events {
		since, known := confirmed[e.Grant]
		switch {
		case e.Kind == sim.Granted || e.Kind == sim.Extended:
			confirmed[e.Grant] = e.At
		case (e.Kind == sim.Renewed || e.Kind == sim.KeptAlive) && known && !seen[e.Grant]:
			confirmed[e.Grant] = e.At
		case e.Kind == sim.Expired && known:
			out = append(out, (e.At - since).Seconds())
		}
	}
	return out
}

func nextGrants(t *trace.Trace) (out []float64) {
	for _, r := range t.Faults {
		if r.Applied == nil {
			continue
		}
		if next := nextHolder(t.History, r); next != nil {
			out = append(out, (next.At - r.Applied.At).Seconds())
		}
	}
	return out
}

func waits(t *trace.Trace) (out []float64) {
	for _, a := range attempts(t) {
		if a.Died == nil {
			out = append(out, a.waited.Seconds())
		}
	}
	return out
}

func asksAgain(t *trace.Trace) (out []float64) {
	h := t.History
	asked := map[sim.HostID]time.Duration{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.AcquireSent:
			if before, again := asked[e.Host]; again {
				out = append(out, (e.At - before).Seconds())
			}
			asked[e.Host] = e.At
		case sim.Acquired, sim.NotAcquired:
			delete(asked, e.Host)
		}
	}
	return out
}

// notices looks at leases that the service ended while their holder still believed in them, or
// after it had been told of their end. A holder that had begun to let go has nothing to learn.
func notices(t *trace.Trace) (out []float64) {
	h := t.History
	ended := map[string]time.Duration{}
	known := map[string]bool{}
	letGo := map[string]bool{}
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Expired, sim.Forgotten:
			if _, twice := ended[e.Grant]; !twice {
				ended[e.Grant] = e.At
				if known[e.Grant] && !letGo[e.Grant] {
					out = append(out, 0)
				}
			}
		case sim.Lost:
			if at, over := ended[e.Grant]; over && !known[e.Grant] {
				out = append(out, (e.At - at).Seconds())
			}
			known[e.Grant] = true
		case sim.Release:
			letGo[e.Grant] = letGo[e.Grant] || !known[e.Grant]
			known[e.Grant] = true
		}
	}
	return out
}

func messagesPerGrant(t *trace.Trace) []float64 {
	h := t.History
	sent := int64(0)
	for _, t := range h.Header.Traffic {
		if h.IsClient(t.From) && slices.Contains(h.Header.Servers, t.To) {
			sent += t.Messages
		}
	}
	acquired := countKinds(h, sim.Acquired)
	if sent == 0 || acquired == 0 {
		return nil
	}
	return []float64{float64(sent) / float64(acquired)}
}
