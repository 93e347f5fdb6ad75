package beliefs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// lease is one acquisition as the lock service sees it.
type lease struct {
	name   string
	owner  sim.HostID // "" if the history does not say
	token  uint64
	at     []*trace.Holding // at servers that have it now
	ended  string           // why the service no longer has it; "" if it has it, or never had
	second string           // who else was given the lock meanwhile
}

// lockTruth is what the lock service has decided up to an event.
type lockTruth struct {
	trace   *trace.Trace
	servers []sim.HostID
	leases  map[string]*lease
	active  []*lease // in the order in which they were granted
	// observed means that the service's actions are in the history, so a lease that is not there
	// was not granted.
	observed bool
	// soon has the first grant of each name, for a client that hears of its grant before the
	// service's observer has seen it (see trace.Lag).
	soon   map[string]time.Duration
	voting bool           // servers vote
	votes  map[string]int // by lease
	says   track
}

func newLockTruth(read *trace.Trace) *lockTruth {
	h := read.History
	t := &lockTruth{
		trace: read, servers: h.Header.Servers, leases: map[string]*lease{},
		soon: map[string]time.Duration{}, votes: map[string]int{},
		observed: h.Header.Ungranted || len(read.Grants) > 0,
		says:     track{about: TheLock},
	}
	for _, g := range read.Grants {
		if _, known := t.soon[g.Name]; !known {
			t.soon[g.Name] = g.Granted.At
		}
	}
	return t
}

// see processes what the lock service did, and reports whether that changed anything.
func (t *lockTruth) see(e *sim.Event) bool {
	begun, ended := t.trace.BegunBy(e), t.trace.EndedBy(e)
	switch e.Kind {
	case sim.Granted:
		t.granted(e)
	case sim.NodeGranted:
		t.voting = true
		t.votes[e.Grant]++
	case sim.NodeEnded:
		if t.votes[e.Grant]--; t.votes[e.Grant] <= 0 {
			delete(t.votes, e.Grant)
		}
	}
	for _, h := range begun {
		if !h.Vote {
			t.revive(t.leases[h.Grant], h)
		}
	}
	for _, h := range ended {
		if !h.Vote {
			t.end(t.leases[h.Grant], h)
		}
	}
	return len(begun)+len(ended) > 0 || e.Kind == sim.Granted || e.Kind == sim.NodeEnded
}

// granted gives the lock away. Any other client that still has it is wrong from now on.
func (t *lockTruth) granted(e *sim.Event) {
	l := t.leases[e.Grant]
	if l == nil {
		l = &lease{name: e.Grant, owner: t.trace.Owner(e.Grant)}
		t.leases[e.Grant] = l
	}
	if len(l.at) == 0 {
		l.second = "" // it was requested again after it had ended
	}
	l.token = e.Token
	for _, other := range t.active {
		if other.owner == l.owner || other.second != "" {
			continue
		}
		if len(t.servers) == 0 {
			other.second = fmt.Sprintf("there is no lock, and %s is at work too", named(l.owner))
			l.second = fmt.Sprintf("there is no lock, and %s is at work too", named(other.owner))
			continue
		}
		other.second = fmt.Sprintf("%s gave the lock to %s", e.Host, named(l.owner))
	}
}

// revive makes the service know a lease that it did not know, or adds another server that has it.
func (t *lockTruth) revive(l *lease, h *trace.Holding) {
	if len(l.at) == 0 {
		l.ended = ""
		t.active = append(t.active, l)
	}
	l.at = append(l.at, h)
}

// end takes a lease from a server. The service has it until none of its servers has.
func (t *lockTruth) end(l *lease, h *trace.Holding) {
	l.at = slices.DeleteFunc(l.at, func(o *trace.Holding) bool { return o == h })
	if len(l.at) > 0 {
		return
	}
	l.ended = t.why(h.Ended)
	t.active = slices.DeleteFunc(t.active, func(o *lease) bool { return o == l })
}

// why says why the service no longer has a lease; "" if its client crashed and there is no service.
func (t *lockTruth) why(e *sim.Event) string {
	switch e.Kind {
	case sim.Expired:
		return "the lease expired at " + string(e.Host) + t.byVote()
	case sim.Forgotten:
		return "the lease was forgotten at " + string(e.Host) + t.byVote()
	case sim.Freed:
		return t.freed(e)
	}
	return ""
}

// byVote says what the end of one vote means.
func (t *lockTruth) byVote() string {
	if t.voting {
		return ", which leaves no majority"
	}
	return ""
}

// freed says who freed a lease. If its own client asked for that, it is no news to the client,
// unless the client had stopped waiting for the answer.
func (t *lockTruth) freed(e *sim.Event) string {
	owner := t.trace.Owner(e.Grant)
	switch {
	case e.Client == "":
		return "the lock was freed at " + string(e.Host)
	case e.Client == owner:
		return fmt.Sprintf("an earlier request of its own freed the lock at %s", e.Host)
	}
	return fmt.Sprintf("%s freed the lock at %s", e.Client, e.Host)
}

// wrong says why a client that believes to hold a lease is wrong now, "" if it is right.
func (t *lockTruth) wrong(grant string, now time.Duration) string {
	l := t.leases[grant]
	if l == nil || len(l.at) == 0 && l.ended == "" {
		if first, comes := t.soon[grant]; !t.observed || comes && first <= now+t.trace.Lag() {
			return ""
		}
		if len(t.servers) == 0 {
			return ""
		}
		return "the lock service never gave it the lock"
	}
	if l.ended == "" {
		return l.second
	}
	for _, other := range t.active {
		if other.owner != l.owner && len(t.servers) > 0 {
			return l.ended + ", and " + named(other.owner) + " has the lock"
		}
	}
	return l.ended
}

// mostNamed is how many simultaneous holders are named at most.
const mostNamed = 10

// say records what the lock service as a whole believes.
func (t *lockTruth) say(e *sim.Event) {
	b := Belief{State: Free, Says: "nobody holds the lock" + t.counted()}
	if len(t.active) == 1 {
		l := t.active[0]
		b = Belief{State: Given, Grant: l.name, Says: named(l.owner) + " holds the lock" + tokened(l.token)}
	}
	if len(t.active) > 1 {
		var who []string
		for i, l := range t.active {
			if i == mostNamed {
				who = append(who, fmt.Sprintf("and %d more", len(t.active)-i))
				break
			}
			who = append(who, fmt.Sprintf("%s at %s", named(l.owner), l.at[0].Began.Host))
		}
		b = Belief{State: GivenMany, Says: "several hold the lock: " + strings.Join(who, ", ")}
	}
	t.says.turn(e, b)
}

// counted describes the votes, if servers vote and no client has most of them.
func (t *lockTruth) counted() string {
	if len(t.votes) > mostNamed {
		return fmt.Sprintf(" (%d have votes of the %d servers)", len(t.votes), len(t.servers))
	}
	var votes []string
	for name, n := range t.votes {
		votes = append(votes, fmt.Sprintf("%s %d", named(t.trace.Owner(name)), n))
	}
	if len(votes) == 0 {
		return ""
	}
	slices.Sort(votes)
	return fmt.Sprintf(" (votes of %d: %s)", len(t.servers), strings.Join(votes, ", "))
}

func named(client sim.HostID) string {
	if client == "" {
		return "a client that is not known"
	}
	return string(client)
}

func tokened(token uint64) string {
	if token == 0 {
		return ""
	}
	return fmt.Sprintf(" (token %d)", token)
}
