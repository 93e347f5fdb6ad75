package sim

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// told is what a client records when it is told of a lease.
func told(at time.Duration, kind Kind, until time.Duration) Event {
	return Event{At: at, Host: "client-1", Kind: kind, Grant: "a", Until: until}
}

// course writes a history as "TIME KIND" for each event.
func course(h *History) string {
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
	end := Event{At: 30 * s, Kind: End}
	stopped := &Clock{}
	stopped.SetRate(5*s, 0)
	stopped.SetRate(9*s, TrueRate)
	for _, each := range []struct {
		name   string
		events []Event
		clock  *Clock
		want   string
	}{
		{"the deadline passes", []Event{told(1*s, Acquired, 11*s), end}, nil,
			"1s acquired, 11s deadline, 30s end"},
		{"released before it", []Event{told(1*s, Acquired, 11*s), told(10*s, Release, 0), end}, nil,
			"1s acquired, 10s release, 30s end"},
		{"released after it", []Event{told(1*s, Acquired, 11*s), told(15*s, Release, 0), end}, nil,
			"1s acquired, 11s deadline, 15s release, 30s end"},
		{"told of its loss before it", []Event{told(1*s, Acquired, 11*s), told(10*s, Lost, 0), end}, nil,
			"1s acquired, 10s lost, 30s end"},
		{"a renewal replaces it", []Event{told(1*s, Acquired, 11*s), told(5*s, Renewed, 15*s), end}, nil,
			"1s acquired, 5s renewed, 15s deadline, 30s end"},
		{"a renewal that came too late does not undo it", []Event{told(1*s, Acquired, 11*s), told(12*s, Renewed, 22*s), end}, nil,
			"1s acquired, 11s deadline, 12s renewed, 22s deadline, 30s end"},
		{"a renewal at that very moment is in time", []Event{told(1*s, Acquired, 11*s), told(11*s, Renewed, 21*s), end}, nil,
			"1s acquired, 11s renewed, 21s deadline, 30s end"},
		{"a renewal that arrives after the release starts nothing", []Event{told(1*s, Acquired, 11*s), told(3*s, Release, 0), told(4*s, Renewed, 14*s), end}, nil,
			"1s acquired, 3s release, 4s renewed, 30s end"},
		{"a lease that was over when the client was told of it", []Event{told(15*s, Acquired, 11*s), end}, nil,
			"15s acquired, 15s deadline, 30s end"},
		{"the trial ends before it", []Event{told(25*s, Acquired, 35*s), end}, nil,
			"25s acquired, 30s end"},
		{"the trial ends with it", []Event{told(20*s, Acquired, 30*s), end}, nil,
			"20s acquired, 30s end, 30s deadline"},
		{"the client knows of no deadline", []Event{told(1*s, Acquired, 0), end}, nil,
			"1s acquired, 30s end"},
		{"the clock stood still for four seconds", []Event{told(1*s, Acquired, 11*s), end}, stopped,
			"1s acquired, 15s deadline, 30s end"},
		{"events out of order, those of one instant as they came", []Event{end, told(2*s, Check, 0), told(1*s, Read, 0), told(2*s, Write, 0)}, nil,
			"1s read, 2s check, 2s write, 30s end"},
	} {
		t.Run(each.name, func(t *testing.T) {
			before := fmt.Sprint(each.events)
			h := Finish(Header{Scenario: "x"}, each.events, func(HostID) *Clock { return each.clock })
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
	h := Finish(Header{}, []Event{
		{At: 1, Host: "client-2", Kind: Acquired, Op: "client-2/1", Grant: "b", Token: 4, Until: 8},
		{At: 9, Kind: End},
	}, nil)
	want := Event{Seq: 2, At: 8, Host: "client-2", Kind: Deadline, Grant: "b", Until: 8}
	if !reflect.DeepEqual(h.Events[1], want) {
		t.Errorf("got %+v, want %+v", h.Events[1], want)
	}
}

func TestEachClientHasItsOwnClockAndItsOwnLeases(t *testing.T) {
	slow := &Clock{}
	slow.SetRate(0, TrueRate/2)
	clocks := map[HostID]*Clock{"client-2": slow}
	h := Finish(Header{}, []Event{
		{At: 0, Host: "client-1", Kind: Acquired, Grant: "a", Until: 4},
		{At: 0, Host: "client-2", Kind: Acquired, Grant: "a", Until: 4},
		{At: 1, Host: "client-1", Kind: Acquired, Grant: "b", Until: 6},
		{At: 2, Host: "client-1", Kind: Release, Grant: "a"},
		{At: 9, Kind: End},
	}, func(id HostID) *Clock { return clocks[id] })
	want := "0s acquired, 0s acquired, 1ns acquired, 2ns release, 6ns deadline, 8ns deadline, 9ns end"
	if got := course(h); got != want {
		t.Errorf("\n   got %s\n  want %s", got, want)
	}
}
