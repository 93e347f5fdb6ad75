package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// diary is a World that only keeps a diary. Time passes when pass is called.
type diary struct {
	now    time.Duration
	later  []appointment
	diary  []string
	broken map[string]error // keyed by "apply", "undo" and "probe"
	probes int              // how many probes succeed before broken["probe"] takes effect
	parts  map[Role][]HostID
	drawn  uint64  // the last number drawn
	faults []Fault // all faults of the script
	caught func()  // the Hold that waits for a message; tests call it
}

type appointment struct {
	at time.Duration
	do func()
}

// directed returns a director and tells the diary its faults, so that the diary can name them.
func directed(world World, s *diary, steps []Step) *Director {
	d := NewDirector(world, steps)
	s.faults = d.Faults()
	return d
}

func (s *diary) note(format string, args ...any) {
	s.diary = append(s.diary, fmt.Sprintf("%v ", s.now)+fmt.Sprintf(format, args...))
}

func (s *diary) Can(FaultKind) error { return nil }
func (s *diary) Await(f Fault, do func()) {
	if f.Kind == Hold {
		s.caught = do
		return
	}
	do()
}
func (s *diary) Hosts() []HostID      { return []HostID{"client-1", "client-2", "redis-1", "ledger"} }
func (s *diary) Role(r Role) []HostID { return s.parts[r] }
func (s *diary) Draw() uint64         { s.drawn++; return s.drawn }
func (s *diary) Apply(f Fault) error  { s.note("apply %s", f.Lane()); return s.broken["apply"] }
func (s *diary) Undo(f Fault) error   { s.note("undo %s", f.Lane()); return s.broken["undo"] }

func (s *diary) Probe(f Fault) error {
	if s.probes > 0 {
		s.probes--
		return nil
	}
	return s.broken["probe"]
}

func (s *diary) After(d time.Duration, f func()) {
	s.later = append(s.later, appointment{s.now + d, f})
}

func (s *diary) RecordFault(e Event) {
	if e.Fault < 1 || e.Fault > int64(len(s.faults)) {
		panic("a fault's event must have its number")
	}
	asked := s.faults[e.Fault-1]
	if e.Host != "" && asked.OnlyHost() != e.Host {
		s.note("%s %s on %s %s", e.Kind, asked.Lane(), e.Host, e.Note)
		return
	}
	s.note("%s %s %s", e.Kind, asked.Lane(), e.Note)
}

// pass advances time to until.
func (s *diary) pass(until time.Duration) {
	for {
		next := -1
		for i, a := range s.later {
			if a.at <= until && (next < 0 || a.at < s.later[next].at) {
				next = i
			}
		}
		if next < 0 {
			s.now = until
			return
		}
		a := s.later[next]
		s.later = slices.Delete(s.later, next, next+1)
		s.now = a.at
		a.do()
	}
}

func (s *diary) expect(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, line := range s.diary {
		got = append(got, strings.TrimSpace(line))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// pauseClient1 pauses client-1 for four nanoseconds.
var pauseClient1 = Fault{Kind: Pause, Host: "client-1", For: 4}

// theWholePause is the diary of a pause that began at 3ns and succeeded.
var theWholePause = []string{
	"3ns apply pause client-1",
	"3ns fault-applied pause client-1",
	"3ns fault-proven pause client-1 after it was applied",
	"7ns fault-proven pause client-1 before it was undone",
	"7ns undo pause client-1",
	"7ns fault-undone pause client-1",
}

func TestAStepFiresAtItsTime(t *testing.T) {
	s := &diary{}
	d := directed(s, s, []Step{{When: Trigger{After: 3}, Do: pauseClient1}})
	d.Start()
	d.Observe(Event{Host: "client-1", Kind: Acquired})
	s.pass(20)
	s.expect(t, theWholePause...)
}

func TestAStepFiresOnTheNthEventOfItsKindOnItsHost(t *testing.T) {
	s := &diary{}
	d := directed(s, s, []Step{{When: Trigger{Host: "client-1", Kind: Acquired, Nth: 2}, Do: pauseClient1}})
	d.Start()
	for _, e := range []Event{
		{Host: "client-1", Kind: Acquired},
		{Host: "client-2", Kind: Acquired},
		{Host: "client-1", Kind: Renewed},
	} {
		d.Observe(e)
	}
	s.pass(3)
	s.expect(t)
	d.Observe(Event{Host: "client-1", Kind: Acquired})
	s.pass(20)
	s.expect(t, theWholePause...)
	d.Observe(Event{Host: "client-1", Kind: Acquired})
	s.pass(40)
	s.expect(t, theWholePause...) // the third event must not fire the step again
}

func TestAStepWithoutDelayIsDoneBeforeTheProcessGoesOn(t *testing.T) {
	s := &diary{now: 3}
	when := Trigger{Host: "client-1", Kind: Write, Nth: 1}
	d := directed(s, s, []Step{{When: when, Do: pauseClient1}})
	d.Observe(Event{Host: "client-1", Kind: Write})
	s.expect(t, theWholePause[:3]...)
	if !when.Holds() {
		t.Error("the trigger does not hold the process")
	}
}

func TestAStepWithDelayLetsTheProcessGoOn(t *testing.T) {
	s := &diary{now: 1}
	when := Trigger{Host: "client-1", Kind: Write, Nth: 1, After: 2}
	d := directed(s, s, []Step{{When: when, Do: pauseClient1}})
	d.Observe(Event{Host: "client-1", Kind: Write})
	s.expect(t)
	s.pass(20)
	s.expect(t, theWholePause...)
	if when.Holds() || (Trigger{}).Holds() {
		t.Error("a trigger with a delay, or at a time, holds a process")
	}
}

func TestOneEventMayFireSeveralSteps(t *testing.T) {
	s := &diary{}
	when := Trigger{Host: "client-1", Kind: Write, Nth: 1}
	d := directed(s, s, []Step{{When: when, Do: Fault{Kind: Pause, Host: "client-1"}}, {When: when, Do: Fault{Kind: Pause, Host: "redis-1"}}})
	d.Observe(Event{Host: "client-1", Kind: Write})
	s.pass(20)
	s.expect(t, // neither is undone: they last to the end
		"0s apply pause client-1",
		"0s fault-applied pause client-1",
		"0s fault-proven pause client-1 after it was applied",
		"0s apply pause redis-1",
		"0s fault-applied pause redis-1",
		"0s fault-proven pause redis-1 after it was applied")
}

func TestAFaultThatFailsIsNeverSaidToBeProven(t *testing.T) {
	failed := errors.New("no such process")
	for _, each := range []struct {
		name  string
		world diary
		want  []string
	}{
		{"it could not be applied", diary{broken: map[string]error{"apply": failed}}, []string{
			"3ns apply pause client-1",
			"3ns fault-unproven pause client-1 could not be applied: no such process",
		}},
		{"it took no effect", diary{broken: map[string]error{"probe": failed}}, []string{
			"3ns apply pause client-1",
			"3ns fault-applied pause client-1",
			"3ns fault-unproven pause client-1 after it was applied: no such process",
			"7ns fault-unproven pause client-1 before it was undone: no such process",
			"7ns undo pause client-1",
			"7ns fault-undone pause client-1",
		}},
		{"it did not last", diary{probes: 1, broken: map[string]error{"probe": failed}}, []string{
			"3ns apply pause client-1",
			"3ns fault-applied pause client-1",
			"3ns fault-proven pause client-1 after it was applied",
			"7ns fault-unproven pause client-1 before it was undone: no such process",
			"7ns undo pause client-1",
			"7ns fault-undone pause client-1",
		}},
		{"it could not be undone", diary{broken: map[string]error{"undo": failed}}, []string{
			"3ns apply pause client-1",
			"3ns fault-applied pause client-1",
			"3ns fault-proven pause client-1 after it was applied",
			"7ns fault-proven pause client-1 before it was undone",
			"7ns undo pause client-1",
			"7ns fault-unproven pause client-1 could not be undone: no such process",
		}},
	} {
		t.Run(each.name, func(t *testing.T) {
			d := directed(&each.world, &each.world, []Step{{When: Trigger{After: 3}, Do: pauseClient1}})
			d.Start()
			each.world.pass(20)
			each.world.expect(t, each.want...)
		})
	}
}
