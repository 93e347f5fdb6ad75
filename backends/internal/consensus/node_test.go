package consensus

import (
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
)

// alone makes the first of three members, with this state, at time zero.
func alone(term uint64, log ...Entry) *Node {
	return NewNode("node-1", []sim.HostID{"node-1", "node-2", "node-3"}, etcdTiming, func() uint64 { return 0 }, State{Term: term, Log: log}, 0)
}

// elect makes it the leader of the next term.
func elect(t *testing.T, n *Node) {
	t.Helper()
	n.Tick(time.Second)
	n.Step(time.Second, Message{Kind: PreVote, From: "node-2", Term: n.Status().Term, Granted: true})
	n.Step(time.Second, Message{Kind: Vote, From: "node-2", Term: n.Status().Term, Granted: true})
	if n.Status().Role != Leader {
		t.Fatalf("%+v, expected a leader", n.Status())
	}
}

func TestAnEntryOfAnEarlierTermIsCommittedOnlyWithOneOfTheLeadersOwn(t *testing.T) { // figure 8 of the paper
	n := alone(4, Entry{Index: 1, Term: 2, Command: "old"})
	elect(t, n)
	n.Step(time.Second, Message{Kind: Appended, From: "node-2", Term: 5, LastIndex: 1, Granted: true, Round: n.round})
	if n.Commit() != 0 || n.Confirmed() != 0 {
		t.Errorf("committed up to %d, confirmed round %d, while only an older entry is with a majority", n.Commit(), n.Confirmed())
	}
	n.Step(time.Second, Message{Kind: Appended, From: "node-2", Term: 5, LastIndex: 2, Granted: true, Round: n.round})
	if n.Commit() != 2 || n.Confirmed() == 0 {
		t.Errorf("committed up to %d, confirmed round %d, expected both entries and a round", n.Commit(), n.Confirmed())
	}
}

func TestAVoteIsSavedBeforeItIsSent(t *testing.T) {
	n := alone(1)
	n.Step(time.Second, Message{Kind: AskVote, From: "node-2", Term: 2})
	n.Take()
	n = alone(2)
	n.Step(time.Second, Message{Kind: AskVote, From: "node-2", Term: 2})
	save, send := n.Take()
	if save == nil || save.Vote != "node-2" || len(send) != 1 || !send[0].Granted {
		t.Errorf("saved %+v and sent %+v, expected the vote in both", save, send)
	}
	n.Step(time.Second, Message{Kind: AskVote, From: "node-3", Term: 2})
	if save, send := n.Take(); save != nil || send[0].Granted {
		t.Errorf("saved %+v and sent %+v, expected no second vote in one term", save, send)
	}
}

func TestWhatWasSavedIsNotOverwritten(t *testing.T) {
	n := alone(1)
	entries := func(term uint64, indexes ...uint64) (list []Entry) {
		for _, i := range indexes {
			list = append(list, Entry{Index: i, Term: term})
		}
		return list
	}
	n.Step(0, Message{Kind: Append, From: "node-2", Term: 1, Entries: entries(1, 1, 2, 3)})
	before, _ := n.Take()
	n.Step(0, Message{Kind: Append, From: "node-3", Term: 2, LastIndex: 1, LastTerm: 1, Entries: entries(2, 2)})
	after, _ := n.Take()
	if !slices.Equal(before.Log, entries(1, 1, 2, 3)) || !slices.Equal(after.Log, append(entries(1, 1), entries(2, 2)...)) {
		t.Errorf("the log was saved as %v and then as %v", before.Log, after.Log)
	}
}

func TestAMemberWithoutALeaderDoesNotDisturbThoseWhoHaveOne(t *testing.T) {
	n := alone(3)
	n.Step(0, Message{Kind: Append, From: "node-2", Term: 3})
	n.Take()
	for _, k := range []Kind{AskPreVote, AskVote} {
		n.Step(900*time.Millisecond, Message{Kind: k, From: "node-3", Term: 9})
		if save, send := n.Take(); save != nil || send != nil || n.Status().Term != 3 {
			t.Errorf("%s of term 9: saved %v, sent %v; expected no answer", k, save, send)
		}
	}
	n.Step(1100*time.Millisecond, Message{Kind: AskVote, From: "node-3", Term: 9})
	if _, send := n.Take(); len(send) != 1 || !send[0].Granted {
		t.Errorf("sent %v after an election timeout of silence, expected a vote", send)
	}
}
