package words

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

func TestEveryKindOfEventHasASentence(t *testing.T) {
	n := NewNarrator(trace.Read(&sim.History{Header: sim.Header{Faults: []sim.Fault{{Kind: sim.Pause, Host: "client-1"}}}}))
	for _, kinds := range [][]sim.Kind{sim.ClientKinds(), sim.ServerKinds(), sim.WorldKinds(), sim.UntoldKinds()} {
		for _, k := range kinds {
			text := n.Sentence(&sim.Event{Kind: k, Host: "here", Client: "client-1", Fault: 1, Note: "why"})
			if text == string(k) || strings.ContainsAny(text, "{}") {
				t.Errorf("%s is told as %q", k, text)
			}
		}
	}
}

func TestAServersGrantIsToldWithTheNameOfTheClientThatGotIt(t *testing.T) {
	n := NewNarrator(trace.Read(&sim.History{Events: []sim.Event{{Kind: sim.AcquireSent, Host: "client-2", Grant: "x"}}}))
	for _, c := range []struct {
		event sim.Event
		want  string
	}{
		{sim.Event{Kind: sim.Granted, Host: "redis-1", Grant: "x", Token: 34}, "redis-1 gives the lock to client-2 (token 34)"},
		{sim.Event{Kind: sim.Granted, Host: "redis-1", Grant: "y"}, "redis-1 gives the lock to somebody"},
		{sim.Event{Kind: sim.Freed, Host: "redis-1", Grant: "x", Client: "client-1"}, "redis-1 frees the lock of client-2, as client-1 asked"},
		{sim.Event{Kind: sim.LedgerWrite, Client: "client-1", Balance: 90, Version: 2, Base: 1}, "the account accepts the write of client-1: 90 (v2), computed from v1"},
	} {
		if got := n.Sentence(&c.event); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestWhatIsPutInASentenceIsNotReadAgain(t *testing.T) {
	n := NewNarrator(trace.Read(&sim.History{Header: sim.Header{Faults: []sim.Fault{{Kind: sim.Pause, Host: "{host}"}}}}))
	if got := n.Sentence(&sim.Event{Kind: sim.FaultApplied, Fault: 1}); got != "fault: pause {host}" {
		t.Errorf("got %q", got)
	}
}
