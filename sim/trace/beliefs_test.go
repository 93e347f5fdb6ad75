package trace_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

// span formats " FROM-TO" in seconds, without TO if there is no end.
func span(began, ended *sim.Event) string {
	if ended == nil {
		return fmt.Sprintf(" %g-", began.At.Seconds())
	}
	return fmt.Sprintf(" %g-%g", began.At.Seconds(), ended.At.Seconds())
}

func TestWhenAClientBelievesThatItHoldsTheLock(t *testing.T) {
	for _, each := range []struct {
		name, history, want string
	}{
		{"until it asks to release it, not until that returns", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-1 released grant=a
			9s - end`, "client-1 a valid 1-2"},
		{"until it is told that it is lost", `
			1s client-1 acquired grant=a
			2s client-1 lost     grant=a
			9s - end`, "client-1 a valid 1-2"},
		{"until it crashes, whoever else does not", `
			1s client-1 acquired grant=a
			1s client-2 acquired grant=b
			2s client-1 fault-applied fault=crash_holder
			9s - end`, "client-1 a valid 1-2; client-2 b valid 1-"},
		{"also while it is paused", `
			1s client-1 acquired grant=a
			2s client-1 fault-applied fault=pause_client-1
			9s - end`, "client-1 a valid 1-"},
		{"past its own deadline, until it is told of another one", `
			1s client-1 acquired grant=a
			2s client-1 deadline grant=a
			3s client-1 renewed  grant=a
			4s client-1 renewed  grant=a
			9s - end`, "client-1 a valid 1-2 past 2-3 valid 3-"},
		{"no longer, whatever it hears of it afterwards", `
			1s client-1 acquired grant=a
			2s client-1 release  grant=a
			3s client-1 renewed  grant=a
			4s client-1 deadline grant=a
			9s - end`, "client-1 a valid 1-2"},
		{"not by what it hears of a lock that it does not have", `
			1s client-1 renewed  grant=a
			2s client-1 lost     grant=a
			9s - end`, ""},
	} {
		got := trace.Read(historytest.Transcript(t, each.history))
		var all []string
		for _, b := range got.Beliefs {
			text := fmt.Sprintf("%s %s", b.Client, b.Grant)
			for _, p := range b.Pieces {
				sort := " past"
				if p.Valid {
					sort = " valid"
				}
				text += sort + span(p.Began, p.Ended)
			}
			all = append(all, text)
		}
		if text := strings.Join(all, "; "); text != each.want || got.Unclear != nil {
			t.Errorf("%s: %q (%v), want %q", each.name, text, got.Unclear, each.want)
		}
	}
}

// Ambiguous beliefs are still read: pictures show them, and checkers say why they cannot judge.
func TestBeliefsThatCannotBeToldApart(t *testing.T) {
	for _, each := range []struct{ history, why string }{
		{`1s client-1 acquired op=client-1/1`, "event 1 does not say which grant client-1 acquired"},
		{`1s client-1 acquired grant=a
		  2s client-1 acquired grant=a`, "event 2: client-1 acquired the grant a a second time"},
	} {
		got := trace.Read(historytest.Transcript(t, each.history))
		if got.Unclear == nil || got.Unclear.Error() != each.why {
			t.Errorf("got %v, want %s", got.Unclear, each.why)
		}
		if len(got.Beliefs) != len(got.History.Events) {
			t.Errorf("%d beliefs of %d acquisitions", len(got.Beliefs), len(got.History.Events))
		}
	}
}

func TestABeliefIsFollowedFromEventToEvent(t *testing.T) {
	b := trace.Read(historytest.Transcript(t, `
		1s client-1 acquired grant=a
		2s client-1 deadline grant=a
		3s client-1 renewed  grant=a
		4s client-1 lost     grant=a`)).Beliefs[0]
	var open, valid []bool
	for seq := int64(1); seq <= 4; seq++ {
		open, valid = append(open, b.Open(seq)), append(valid, b.Valid(seq))
	}
	if got := fmt.Sprint(open, valid); got != "[true true true false] [true false true true]" {
		t.Errorf("open and valid after each event: %s", got)
	}
}

func TestWhatBecomesOfAnAttempt(t *testing.T) {
	got := trace.Read(historytest.Transcript(t, `
		1s client-1 acquire       op=client-1/1
		1s client-2 acquire       op=client-2/1
		1s client-3 acquire       op=client-3/1
		2s client-1 acquired      op=client-1/1 grant=a
		3s client-2 not-acquired  op=client-2/1
		4s client-3 fault-applied fault=crash_client-3
		5s client-3 acquire       op=client-3/1
		6s client-1 acquire       op=client-1/2
		7s client-3 acquired      op=client-3/1 grant=b
		9s - end`))
	var all []string
	for _, a := range got.Attempts {
		text := string(a.Client) + span(a.Began, a.Over())
		switch {
		case a.Served():
			text += " served"
		case a.Died != nil:
			text += " died"
		case a.Ended != nil:
			text += " gave up"
		}
		all = append(all, text)
	}
	want := "client-1 1-2 served, client-2 1-3 gave up, client-3 1-4 died, client-3 5-7 served, client-1 6-"
	if text := strings.Join(all, ", "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
