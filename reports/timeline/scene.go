package timeline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/reports/internal/beliefs"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// nobody is the client index of what belongs to no client.
const nobody = -1

// scene is what a timeline shows, as plain data: times are true time.
type scene struct {
	title, subtitle string
	verdict         string // one sentence
	violated        bool
	notes           []string // what the picture leaves out
	from, to        time.Duration
	windowed        bool          // part of the trial, cut out
	whole           time.Duration // how long the trial was
	saved           bool          // the guard saved the account
	rescue          time.Duration // when
	ttl             time.Duration
	servers         []sim.HostID // of the lock service
	lanes           []lane       // from top to bottom
	adds            bool         // clients add elements to a set: there is no lock and no account
	links           []link
	violations      []violation
}

type laneKind int8

const (
	faultLane laneKind = iota
	serviceLane
	clientLane
	ledgerLane
)

// lane is a row of the timeline.
type lane struct {
	kind   laneKind
	host   sim.HostID
	name   string
	about  string // a second, smaller line under the name
	client int    // index in the header, or nobody
	bars   []bar
	marks  []mark
	pauses []interval // when the host stood still
	// of a client
	knows    []known
	mistakes []mistake
	// of the account
	memory []bar
	empty  string // what to say when there is nothing in the lane
	// of a fault
	fault sim.Fault
}

type interval struct{ from, to time.Duration }

type barStyle int8

const (
	waiting    barStyle = iota // asked for the lock, has no answer
	held                       // believes it holds the lock
	overrun                    // still believes so, past its own deadline
	knowing                    // works on although it was told that it lost the lock
	granted                    // the lock service thinks so
	balance                    // the account has this balance
	remembered                 // the account's guard goes by this
	inEffect                   // a fault
)

// bar is something that lasts.
type bar struct {
	interval
	style  barStyle
	client int
	grant  string
	labels []string // from long to short; the first that fits is drawn

	// of a fault
	firing   int64        // see sim.Event
	hosts    []sim.HostID // the affected ones; one empty name means links
	proven   bool         // a probe saw it
	unproven bool         // a probe did not
}

type markStyle int8

const (
	tick     markStyle = iota // something was done
	openDot                   // a read
	cross                     // a refusal, or no answer
	smallDot                  // a renewal
	look                      // a client looks at its lease
	turned                    // a belief becomes wrong
)

// mark is something that happened at a moment.
type mark struct {
	at     time.Duration
	seq    int64
	style  markStyle
	client int
	label  string
	guilty bool // part of a violation's evidence
	saving bool // the refusal by which the guard saved the account
	before bool // right before its host stood still
	// of a flag
	about beliefs.Subject
	gone  bool // its withdrawal is no longer in the balance
}

// link is a message between a client and the ledger.
type link struct {
	client             int
	clientAt, ledgerAt time.Duration
	write              bool // client to ledger; else the answer to a read
}

// violation is a property that did not hold, and where to see it.
type violation struct {
	property check.Property
	spans    []interval    // it lasted: overlap
	at       time.Duration // or it happened at a moment
	moment   bool
	label    string
}

// when returns the first moment at which the violation can be seen.
func (v violation) when() (time.Duration, bool) {
	if len(v.spans) > 0 {
		return v.spans[0].from, true
	}
	return v.at, v.moment
}

// newScene reads a history into lanes. It fails only if there is nothing to draw.
func newScene(h *sim.History, findings []check.Finding, title string) (*scene, error) {
	if h == nil || len(h.Events) == 0 {
		return nil, errors.New("draw timeline: the history has no events, not even an end: was the run killed? run the trial again")
	}
	s := &scene{ttl: h.Header.TTL, servers: h.Header.Servers}
	s.title, s.subtitle = words.Heading(h.Header, title)
	s.verdict, s.violated = words.Verdict(h, findings)
	s.frame(h, findings)

	t := trace.Read(h)
	s.adds = t.Set != nil
	clients := make([]lane, len(h.Header.Clients))
	for i := range clients {
		clients[i] = readClient(t, i, s.endOf(h))
	}
	s.addBeliefs(h, findings, clients)
	services := readServices(t, s.endOf(h))
	for i := range services {
		sayOnce(services[i].marks, (s.to-s.from)/50)
	}
	s.links = readLinks(h)

	rest := services
	if s.adds {
		readAdditions(t, clients)
	}
	rest = append(rest, clients...)
	if !s.adds {
		rest = append(rest, readLedger(h, s.endOf(h)))
	}
	s.lanes = weaveFaults(readFaults(t, s.endOf(h)), rest)
	for _, f := range words.Telling(h, findings) {
		if f.Verdict == check.Violated && slices.Contains(check.Properties(), f.Property) {
			s.violations = append(s.violations, placeViolation(f, h, clients))
		}
	}
	for i := range s.lanes {
		s.lanes[i].lastActs((s.to - s.from) / 500)
	}
	s.accuse(findings)
	if e, saved := words.Rescue(h, findings); saved {
		s.saved, s.rescue = true, e.At
		s.praise(e.Seq)
	}
	s.limit(findings)
	s.thin()
	s.fold()
	return s, nil
}

// endOf returns where bars end that nothing has ended.
func (s *scene) endOf(h *sim.History) time.Duration {
	return max(s.to, h.Events[len(h.Events)-1].At)
}

// frame chooses the period that is drawn: all of the trial except a long silence at its end, unless
// a client waited through that for too long.
func (s *scene) frame(h *sim.History, findings []check.Finding) {
	last, end := time.Duration(0), time.Duration(0)
	for _, e := range h.Events {
		end = e.At
		if e.Kind != sim.End && e.Kind != sim.LedgerOpened && e.Kind != sim.Late {
			last = e.At
		}
	}
	for _, f := range findings {
		if at, waiting := tooLong(f, h); waiting {
			last = max(last, at)
		}
	}
	s.to, s.whole = end, end
	if quiet := end - last; last > 0 && quiet > last/5 {
		s.to = last + last/20
		s.notes = append(s.notes, fmt.Sprintf("Nothing happened between %s and the end of the trial at %s.", words.Seconds(last), words.Seconds(end)))
	}
	if last == 0 {
		s.notes = append(s.notes, fmt.Sprintf("Nothing happened before the trial ended at %s.", words.Seconds(end)))
	}
	if s.to <= 0 {
		s.to = max(h.Header.TTL, time.Second)
	}
}

// accuse marks the events that violations name as their evidence.
func (s *scene) accuse(findings []check.Finding) {
	guilty := map[int64]bool{}
	for _, f := range findings {
		if f.Verdict != check.Violated || f.Property.Row().Mark.TwoAtOnce() {
			continue
		}
		for _, seq := range f.Evidence {
			guilty[seq] = true
		}
	}
	for i := range s.lanes {
		if s.lanes[i].kind == clientLane {
			continue // the ledger and the service are the ones that saw it
		}
		for j := range s.lanes[i].marks {
			s.lanes[i].marks[j].guilty = guilty[s.lanes[i].marks[j].seq]
		}
	}
}

// praise marks the refusal by which the guard saved the account.
func (s *scene) praise(seq int64) {
	for i := range s.lanes {
		for j := range s.lanes[i].marks {
			if m := &s.lanes[i].marks[j]; m.seq == seq {
				m.saving = true
			}
		}
	}
}

// clientIndex returns a client's index in the header, or nobody.
func clientIndex(h *sim.History, id sim.HostID) int { return slices.Index(h.Header.Clients, id) }

// sortMarks sorts marks in the order in which they happened.
func sortMarks(marks []mark) {
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seq, b.seq)) })
}
