package sim

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// happens is the diary of an endless pause of a role that stood for host.
func happens(at, lane, host, note string) []string {
	return []string{
		at + " apply pause " + host,
		at + " fault-applied " + lane + " on " + host + " " + note,
		at + " fault-proven " + lane + " on " + host + " after it was applied",
	}
}

func TestARoleIsWhoeverPlaysItWhenTheStepFires(t *testing.T) {
	pause := func(role HostID) Fault { return Fault{Kind: Pause, Host: role} }
	service := map[Role][]HostID{Leader: {"redis-1"}, Minority: {"redis-1", "ledger"}}
	for _, c := range []struct {
		name   string
		events []Event
		fault  Fault
		want   []string
	}{
		{"the holder is the client that acquired last", []Event{
			{Host: "client-1", Kind: Acquired}, {Host: "client-2", Kind: Acquired},
		}, pause(Holder), happens("0s", "pause holder", "client-2", "holder: client-2")},
		{"the holder is nobody who released or lost the lock", []Event{
			{Host: "client-1", Kind: Acquired}, {Host: "client-2", Kind: Acquired}, {Host: "client-2", Kind: Lost},
		}, pause(Holder), happens("0s", "pause holder", "client-1", "holder: client-1")},
		{"there is no holder", []Event{
			{Host: "client-1", Kind: Acquired}, {Host: "client-1", Kind: Release},
		}, pause(Holder), []string{"0s fault-unproven pause holder could not be applied: no client holds the lock at this moment"}},
		{"the waiter is the client that has waited for longest", []Event{
			{Host: "client-2", Kind: Acquire}, {Host: "client-1", Kind: Acquire},
		}, pause(Waiter), happens("0s", "pause waiter", "client-2", "waiter: client-2")},
		{"the waiter has got no answer yet", []Event{
			{Host: "client-2", Kind: Acquire}, {Host: "client-1", Kind: Acquire}, {Host: "client-2", Kind: NotAcquired},
		}, pause(Waiter), happens("0s", "pause waiter", "client-1", "waiter: client-1")},
		{"there is no waiter", []Event{
			{Host: "client-2", Kind: Acquire}, {Host: "client-2", Kind: Acquired},
		}, pause(Waiter), []string{"0s fault-unproven pause waiter could not be applied: no client waits for the lock at this moment"}},
		{"the lock service knows its leader", nil, pause(Leader), happens("0s", "pause leader", "redis-1", "leader: redis-1")},
		{"a role may be several hosts", nil, pause(Minority), append(
			happens("0s", "pause minority", "redis-1", "minority: redis-1, ledger"),
			happens("0s", "pause minority", "ledger", "minority: redis-1, ledger")...)},
		{"a service without such a part", nil, pause(Master),
			[]string{"0s fault-unproven pause master could not be applied: the lock service has no master at this moment, or never has one"}},
		{"a service without servers", nil, pause(Servers).WithServers(nil),
			[]string{"0s fault-unproven pause servers could not be applied: the lock service has no servers at this moment, or never has one"}},
		{"nor in a list", nil, Fault{Kind: Crash, Hosts: []HostID{Servers}}.WithServers(nil),
			[]string{"0s fault-unproven crash servers could not be applied: the lock service has no servers at this moment, or never has one"}},
		{"any is drawn", nil, pause(AnyHost), happens("0s", "pause any", "client-2", "any: client-2")},
		{"all are the others", []Event{{Host: "client-1", Kind: Acquired}},
			Fault{Kind: Partition, From: []HostID{Holder}, To: []HostID{AllHosts}}, []string{
				"0s apply partition client-1 ↔ client-2,redis-1,ledger",
				"0s fault-applied partition holder ↔ all holder: client-1; all: client-2, redis-1, ledger",
				"0s fault-proven partition holder ↔ all after it was applied",
			}},
		{"all are those who were not drawn either", nil,
			Fault{Kind: Partition, From: []HostID{AllHosts}, To: []HostID{AnyHost}, OneWay: true}, []string{
				"0s apply partition client-1,redis-1,ledger → client-2",
				"0s fault-applied partition all → any any: client-2; all: client-1, redis-1, ledger",
				"0s fault-proven partition all → any after it was applied",
			}},
		{"a host cannot be on both sides", []Event{{Host: "client-1", Kind: Acquired}},
			Fault{Kind: Partition, Groups: [][]HostID{{Holder}, {"client-1", "ledger"}}},
			[]string{"0s fault-unproven partition holder | client-1,ledger could not be applied: client-1 is in two groups"}},
		{"few are the leader, and others the servers that are left", nil, service3(parting("client-1", Few)), []string{
			"0s apply partition client-1,redis-1 | client-2,redis-2,redis-3",
			"0s fault-applied partition client-1,few | client-2,others few: redis-1; others: redis-2, redis-3",
			"0s fault-proven partition client-1,few | client-2,others after it was applied",
		}},
		{"others are those that the fault does not name", nil, service3(parting("client-1", "redis-2")), []string{
			"0s apply partition client-1,redis-2 | client-2,redis-1,redis-3",
			"0s fault-applied partition client-1,redis-2 | client-2,others others: redis-1, redis-3",
			"0s fault-proven partition client-1,redis-2 | client-2,others after it was applied",
		}},
		{"a link to itself is none", []Event{{Host: "client-1", Kind: Acquired}},
			Fault{Kind: Delay, From: []HostID{Holder}, To: []HostID{"client-1"}, By: 1},
			[]string{"0s fault-unproven delay holder → client-1 +1ns could not be applied: there is no link between these hosts"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &diary{parts: service}
			d := directed(s, s, []Step{{Do: c.fault}})
			for _, e := range c.events {
				d.Observe(e)
			}
			d.Start()
			s.pass(1)
			s.expect(t, c.want...)
		})
	}
}

// parting separates client-1 and another host from client-2 and the remaining servers.
func parting(client, with HostID) Fault {
	return Fault{Kind: Partition, Groups: [][]HostID{{client, with}, {"client-2", Others}}}
}

func service3(f Fault) Fault { return f.WithServers([]HostID{"redis-1", "redis-2", "redis-3"}) }

func TestThePrimaryIsTheServerThatMattersMost(t *testing.T) {
	for _, c := range []struct {
		name    string
		service map[Role][]HostID
		servers []HostID
		want    string // what the diary begins with
	}{
		{"a leader", map[Role][]HostID{Leader: {"b"}}, []HostID{"a", "b", "c"}, "0s apply pause b"},
		{"a master", map[Role][]HostID{Master: {"c"}}, []HostID{"a", "b", "c"}, "0s apply pause c"},
		{"one of equals", nil, []HostID{"a", "b", "c"}, "0s apply pause a"},
		{"the only one", nil, []HostID{"a"}, "0s apply pause a"},
		{"nobody", nil, nil, "0s fault-unproven"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &diary{parts: c.service}
			directed(s, s, []Step{{Do: Fault{Kind: Pause, Hosts: []HostID{Primary}, For: 1}.WithServers(c.servers)}}).Start()
			s.pass(1)
			if len(s.diary) == 0 || !strings.HasPrefix(s.diary[0], c.want) {
				t.Errorf("got %q, want first %q", s.diary, c.want)
			}
		})
	}
}

func TestFewAreAMinorityWithItsHead(t *testing.T) {
	for _, c := range []struct {
		name    string
		service map[Role][]HostID
		servers []HostID
		want    string // the groups
	}{
		{"a leader", map[Role][]HostID{Leader: {"b"}}, []HostID{"a", "b", "c", "d", "e"}, "client-1,b | client-2,a,c,d,e"},
		{"a master", map[Role][]HostID{Master: {"c"}}, []HostID{"a", "b", "c"}, "client-1,c | client-2,a,b"},
		{"two of five equals", nil, []HostID{"a", "b", "c", "d", "e"}, "client-1,a,b | client-2,c,d,e"},
		{"one of four", nil, []HostID{"a", "b", "c", "d"}, "client-1,a | client-2,b,c,d"},
		{"none of two", nil, []HostID{"a", "b"}, "client-1 | client-2,a,b"},
		{"none of one", nil, []HostID{"a"}, "client-1 | client-2,a"},
		{"none of none", nil, nil, "client-1 | client-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &diary{parts: c.service}
			directed(s, s, []Step{{Do: parting("client-1", Few).WithServers(c.servers)}}).Start()
			s.pass(1)
			if want := "0s apply partition " + c.want; len(s.diary) == 0 || s.diary[0] != want {
				t.Errorf("got %q, want first %q", s.diary, want)
			}
		})
	}
}

// partings is a diary that remembers how faults parted the hosts.
type partings struct {
	diary
	seen [][][]HostID
}

func (p *partings) RecordFault(e Event) {
	if e.Parted != nil || e.Kind == FaultApplied {
		p.seen = append(p.seen, e.Parted)
	}
	p.diary.RecordFault(e)
}

func TestTheEventSaysWhoIsPartedFromWhom(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault Fault
		want  [][]HostID
	}{
		{"groups, with hosts in the place of roles", service3(parting("client-1", Leader)),
			[][]HostID{{"client-1", "redis-3"}, {"client-2", "redis-1", "redis-2"}}},
		{"from and to", Fault{Kind: Partition, From: []HostID{Leader}, To: []HostID{"client-1", "client-2"}},
			[][]HostID{{"redis-3"}, {"client-1", "client-2"}}},
		{"one way: no answer comes back", Fault{Kind: Partition, From: []HostID{"client-1"}, To: []HostID{"redis-1"}, OneWay: true},
			[][]HostID{{"client-1"}, {"redis-1"}}},
		{"a slow link parts nobody", Fault{Kind: Delay, From: []HostID{"client-1"}, To: []HostID{"redis-1"}, By: 1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &partings{diary: diary{parts: map[Role][]HostID{Leader: {"redis-3"}}}}
			directed(p, &p.diary, []Step{{Do: c.fault}}).Start()
			p.pass(1)
			if len(p.seen) != 1 || !slices.EqualFunc(p.seen[0], c.want, slices.Equal) {
				t.Errorf("got %q, want %q once", p.seen, c.want)
			}
		})
	}
}

func TestAClientThatIsDoneIsNotDrawn(t *testing.T) {
	s := &diary{}
	d := directed(s, s, []Step{{When: Trigger{After: 2}, Do: Fault{Kind: Pause, Host: AnyHost}}})
	for _, host := range []HostID{"client-1", "client-2"} {
		d.Observe(Event{Host: host, Kind: Done})
	}
	d.Start()
	s.pass(10)
	if all := strings.Join(s.diary, "\n"); !strings.Contains(all, "apply pause") || strings.Contains(all, "apply pause client") {
		t.Errorf("it was drawn:\n%s", all)
	}
}

func TestACrashedClientNeitherHoldsNorWaitsAndIsNotDrawn(t *testing.T) {
	s := &diary{}
	d := directed(s, s, []Step{
		{When: Trigger{After: 1}, Do: Fault{Kind: Crash, Host: "client-2", For: 2}},
		{When: Trigger{After: 2}, Do: Fault{Kind: Pause, Host: Holder}},
		{When: Trigger{After: 2}, Do: Fault{Kind: Pause, Host: Waiter}},
		{When: Trigger{After: 2}, Do: Fault{Kind: Pause, Host: AnyHost}}, // the second of the hosts that are up
		{When: Trigger{After: 4}, Do: Fault{Kind: Pause, Host: AnyHost}}, // the third of all four
	})
	for _, e := range []Event{{Host: "client-1", Kind: Acquired}, {Host: "client-2", Kind: Acquired}, {Host: "client-2", Kind: Acquire}} {
		d.Observe(e)
	}
	d.Start()
	s.pass(10)
	var pauses []string
	for _, line := range s.diary {
		if strings.Contains(line, "apply pause") || strings.Contains(line, "unproven") {
			pauses = append(pauses, line)
		}
	}
	want := []string{
		"2ns apply pause client-1",
		"2ns fault-unproven pause waiter could not be applied: no client waits for the lock at this moment",
		"2ns apply pause redis-1",
		"4ns apply pause redis-1",
	}
	if !slices.Equal(pauses, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(pauses, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestAStepRepeatsUntilItsTimesOrTheEnd(t *testing.T) {
	for times, want := range map[int][]string{
		3: {"2ns", "7ns", "12ns"},
		0: {"2ns", "7ns", "12ns", "17ns", "22ns"},
	} {
		s := &diary{}
		d := directed(s, s, []Step{{When: Trigger{After: 2}, Every: 5, Times: times, Do: pauseClient1}})
		d.Start()
		s.pass(25)
		var applied []string
		for _, line := range s.diary {
			if at, ok := strings.CutSuffix(line, " apply pause client-1"); ok {
				applied = append(applied, at)
			}
		}
		if !slices.Equal(applied, want) {
			t.Errorf("%d times: applied at %v, want %v", times, applied, want)
		}
	}
}

func TestALengthIsDrawnEachTimeAndRecorded(t *testing.T) {
	s := &diary{}
	least := time.Duration(3)
	d := directed(s, s, []Step{{When: Trigger{After: 1}, Every: 20, Times: 2, Do: Fault{Kind: Pause, Host: "client-1", ForAtLeast: &least, For: 9}}})
	d.Start()
	s.pass(50)
	s.expect(t,
		"1ns apply pause client-1",
		"1ns fault-applied pause client-1 drawn: for 4ns",
		"1ns fault-proven pause client-1 after it was applied",
		"5ns fault-proven pause client-1 before it was undone",
		"5ns undo pause client-1",
		"5ns fault-undone pause client-1",
		"21ns apply pause client-1",
		"21ns fault-applied pause client-1 drawn: for 5ns",
		"21ns fault-proven pause client-1 after it was applied",
		"26ns fault-proven pause client-1 before it was undone",
		"26ns undo pause client-1",
		"26ns fault-undone pause client-1")
	for drawn := range uint64(50) {
		if got := between(drawn, 0, 3); got < 1 || got > 3 {
			t.Errorf("drew %v from [0, 3ns]", got)
		}
	}
}

func TestAMessageIsHeldWhenThereIsOne(t *testing.T) {
	s := &diary{}
	d := directed(s, s, []Step{{When: Trigger{After: 1}, Do: Fault{Kind: Hold, From: []HostID{"client-1"}, To: []HostID{"ledger"}, By: 5, For: 5}}})
	d.Start()
	s.pass(3)
	s.expect(t) // nothing is on its way
	s.caught()
	s.pass(20)
	s.expect(t,
		"3ns apply hold client-1 → ledger +5ns",
		"3ns fault-applied hold client-1 → ledger +5ns",
		"3ns fault-proven hold client-1 → ledger +5ns after it was applied",
		"8ns fault-proven hold client-1 → ledger +5ns before it was undone",
		"8ns undo hold client-1 → ledger +5ns",
		"8ns fault-undone hold client-1 → ledger +5ns")
}

func TestEveryKindOfFaultHasALane(t *testing.T) {
	hosts := func(ids ...HostID) []HostID { return ids }
	for _, c := range []struct {
		fault Fault
		want  string
		host  HostID
	}{
		{Fault{Kind: Pause, Host: "redis-1"}, "pause redis-1", "redis-1"},
		{Fault{Kind: Suspend, Hosts: hosts("client-1", "ledger")}, "suspend client-1,ledger", ""},
		{Fault{Kind: Crash, Host: Leader}, "crash leader", "leader"},
		{Fault{Kind: ClockFault, Host: "redis-1", Clock: WallClock, Step: 5 * time.Second}, "clock redis-1 wall +5s", "redis-1"},
		{Fault{Kind: ClockFault, Host: "redis-1", Clock: MonotonicClock, Step: -time.Second}, "clock redis-1 monotonic -1s", "redis-1"},
		{Fault{Kind: ClockFault, Host: "redis-1", Clock: WallClock, Rate: 1_100_000_000}, "clock redis-1 wall ×1.1", "redis-1"},
		{Fault{Kind: Partition, Groups: [][]HostID{hosts("client-1", "redis-1"), hosts("client-2")}}, "partition client-1,redis-1 | client-2", ""},
		{Fault{Kind: Partition, From: hosts("client-1"), To: hosts("ledger")}, "partition client-1 ↔ ledger", ""},
		{Fault{Kind: Partition, From: hosts("client-1"), To: hosts("ledger"), OneWay: true}, "partition client-1 → ledger", ""},
		{Fault{Kind: Delay, From: hosts("client-1"), To: hosts("ledger"), By: time.Second}, "delay client-1 → ledger +1s", ""},
		{Fault{Kind: Hold, From: hosts("client-1"), To: hosts("ledger"), By: time.Second}, "hold client-1 → ledger +1s", ""},
		{Fault{Kind: Drop, From: hosts("client-1"), To: hosts("ledger"), Probability: 0.3}, "drop client-1 → ledger p=0.3", ""},
	} {
		lane := c.fault.Lane()
		if lane != c.want || c.fault.OnlyHost() != c.host {
			t.Errorf("the lane is %q, of host %q, want %q, host %q", lane, c.fault.OnlyHost(), c.want, c.host)
		}
		if back, err := ReadLane(lane); err != nil || !reflect.DeepEqual(back, c.fault) {
			t.Errorf("%q is read as %+v (%v), want %+v", lane, back, err, c.fault)
		}
	}
}

func TestAnOffsetGoesForwardOrBack(t *testing.T) {
	for text, want := range map[string]time.Duration{"5s": 5, "+5s": 5, "-5s": -5, "-0.5ttl": -4, "1ttl": 8, "0": 0} {
		o, err := ParseOffset(text)
		if err != nil || o.In(8*time.Second) != want*time.Second || o.String() != text || o.Back() != (want < 0) || o.Size().In(8*time.Second) != max(want, -want)*time.Second {
			t.Errorf("%q is %v (%v)", text, o.In(8*time.Second), err)
		}
	}
	for _, text := range []string{"", "-", "--5s", "+-5s", "-5", "5", "- 5s"} {
		if _, err := ParseOffset(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
