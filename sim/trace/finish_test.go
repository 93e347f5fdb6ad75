package trace_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// told is what a client records when it is told of a lease.
func told(at time.Duration, kind sim.Kind, until time.Duration) sim.Event {
	return sim.Event{At: at, Host: "client-1", Kind: kind, Grant: "a", Until: until}
}

// course formats a history as "TIME KIND" for each event.
func course(h *sim.History) string {
	var out []string
	for i, e := range h.Events {
		if e.Seq != int64(i+1) {
			return fmt.Sprintf("event %d has the number %d", i+1, e.Seq)
		}
		out = append(out, fmt.Sprintf("%v %s", e.At, e.Kind))
	}
	return strings.Join(out, ", ")
}

func TestFinishMarksWhereALeaseRanOutOnTheClientsClock(t *testing.T) {
	const s = time.Second
	end := sim.Event{At: 30 * s, Kind: sim.End}
	stopped := &sim.Clock{}
	stopped.SetRate(5*s, 0)
	stopped.SetRate(9*s, sim.TrueRate)
	for _, each := range []struct {
		name   string
		events []sim.Event
		clock  *sim.Clock
		want   string
	}{
		{"the deadline passes", []sim.Event{told(1*s, sim.Acquired, 11*s), end}, nil,
			"1s acquired, 11s deadline, 30s end"},
		{"released before it", []sim.Event{told(1*s, sim.Acquired, 11*s), told(10*s, sim.Release, 0), end}, nil,
			"1s acquired, 10s release, 30s end"},
		{"released after it", []sim.Event{told(1*s, sim.Acquired, 11*s), told(15*s, sim.Release, 0), end}, nil,
			"1s acquired, 11s deadline, 15s release, 30s end"},
		{"told of its loss before it", []sim.Event{told(1*s, sim.Acquired, 11*s), told(10*s, sim.Lost, 0), end}, nil,
			"1s acquired, 10s lost, 30s end"},
		{"a renewal replaces it", []sim.Event{told(1*s, sim.Acquired, 11*s), told(5*s, sim.Renewed, 15*s), end}, nil,
			"1s acquired, 5s renewed, 15s deadline, 30s end"},
		{"a renewal that came too late does not undo it", []sim.Event{told(1*s, sim.Acquired, 11*s), told(12*s, sim.Renewed, 22*s), end}, nil,
			"1s acquired, 11s deadline, 12s renewed, 22s deadline, 30s end"},
		{"a renewal at that very moment is in time", []sim.Event{told(1*s, sim.Acquired, 11*s), told(11*s, sim.Renewed, 21*s), end}, nil,
			"1s acquired, 11s renewed, 21s deadline, 30s end"},
		{"a renewal that arrives after the release starts nothing", []sim.Event{told(1*s, sim.Acquired, 11*s), told(3*s, sim.Release, 0), told(4*s, sim.Renewed, 14*s), end}, nil,
			"1s acquired, 3s release, 4s renewed, 30s end"},
		{"a lease that was over when the client was told of it", []sim.Event{told(15*s, sim.Acquired, 11*s), end}, nil,
			"15s acquired, 15s deadline, 30s end"},
		{"the trial ends before it", []sim.Event{told(25*s, sim.Acquired, 35*s), end}, nil,
			"25s acquired, 30s end"},
		{"the trial ends with it", []sim.Event{told(20*s, sim.Acquired, 30*s), end}, nil,
			"20s acquired, 30s end, 30s deadline"},
		{"the client knows of no deadline", []sim.Event{told(1*s, sim.Acquired, 0), end}, nil,
			"1s acquired, 30s end"},
		{"the clock stood still for four seconds", []sim.Event{told(1*s, sim.Acquired, 11*s), end}, stopped,
			"1s acquired, 15s deadline, 30s end"},
		{"events out of order, those of one instant as they came", []sim.Event{end, told(2*s, sim.Check, 0), told(1*s, sim.Read, 0), told(2*s, sim.Write, 0)}, nil,
			"1s read, 2s check, 2s write, 30s end"},
	} {
		t.Run(each.name, func(t *testing.T) {
			before := fmt.Sprint(each.events)
			h := trace.Finish(sim.Header{Scenario: "x"}, each.events, func(sim.HostID) *sim.Clock { return each.clock })
			if got := course(h); got != each.want {
				t.Errorf("\n   got %s\n  want %s", got, each.want)
			}
			if h.Header.Scenario != "x" || fmt.Sprint(each.events) != before {
				t.Error("the header was lost or the events that were given were changed")
			}
		})
	}
}

func TestADeadlineNamesItsLease(t *testing.T) {
	h := trace.Finish(sim.Header{}, []sim.Event{
		{At: 1, Host: "client-2", Kind: sim.Acquired, Op: "client-2/1", Grant: "b", Token: 4, Until: 8},
		{At: 9, Kind: sim.End},
	}, nil)
	want := sim.Event{Seq: 2, At: 8, Host: "client-2", Kind: sim.Deadline, Grant: "b", Until: 8}
	if !reflect.DeepEqual(h.Events[1], want) {
		t.Errorf("got %+v, want %+v", h.Events[1], want)
	}
}

func TestEachClientHasItsOwnClockAndItsOwnLeases(t *testing.T) {
	slow := &sim.Clock{}
	slow.SetRate(0, sim.TrueRate/2)
	clocks := map[sim.HostID]*sim.Clock{"client-2": slow}
	h := trace.Finish(sim.Header{}, []sim.Event{
		{At: 0, Host: "client-1", Kind: sim.Acquired, Grant: "a", Until: 4},
		{At: 0, Host: "client-2", Kind: sim.Acquired, Grant: "a", Until: 4},
		{At: 1, Host: "client-1", Kind: sim.Acquired, Grant: "b", Until: 6},
		{At: 2, Host: "client-1", Kind: sim.Release, Grant: "a"},
		{At: 9, Kind: sim.End},
	}, func(id sim.HostID) *sim.Clock { return clocks[id] })
	want := "0s acquired, 0s acquired, 1ns acquired, 2ns release, 6ns deadline, 8ns deadline, 9ns end"
	if got := course(h); got != want {
		t.Errorf("\n   got %s\n  want %s", got, want)
	}
}

func TestABeliefThatEndsInACrashHasNoDeadline(t *testing.T) {
	events := []sim.Event{
		{At: 1, Host: "client-1", Kind: sim.Acquired, Grant: "a", Until: 10},
		{At: 2, Host: "client-2", Kind: sim.Acquired, Grant: "b", Until: 10},
		{At: 3, Host: "client-1", Kind: sim.FaultApplied, Fault: 1},
		{At: 3, Host: "client-2", Kind: sim.FaultApplied, Fault: 2},
		{At: 20, Kind: sim.End},
	}
	header := sim.Header{Faults: []sim.Fault{{Kind: sim.Crash, Host: sim.Holder}, {Kind: sim.Pause, Host: "client-2"}}}
	var found []sim.HostID
	for _, e := range trace.Finish(header, events, nil).Events {
		if e.Kind == sim.Deadline {
			found = append(found, e.Host)
		}
	}
	if !slices.Equal(found, []sim.HostID{"client-2"}) {
		t.Errorf("deadlines of %v, want of client-2 only: client-1 crashed", found)
	}
}
