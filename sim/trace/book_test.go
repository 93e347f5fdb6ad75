package trace_test

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/historytest"
	"github.com/locklab/locklab/sim/trace"
)

func ops(writes []*sim.Event) string {
	var all []string
	for _, w := range writes {
		all = append(all, w.Op)
	}
	return strings.Join(all, " ")
}

func TestTheBookSaysWhichWritesAreInTheBalance(t *testing.T) {
	b := trace.Read(historytest.Transcript(t, `
		0s - ledger-opened version=0
		1s ledger   ledger-write op=one   base=0 version=1
		1s client-1 wrote        op=one
		2s ledger   ledger-write op=two   base=1 version=2
		2s client-2 wrote        op=two
		3s ledger   ledger-write op=three base=1 version=3
		9s - end`)).Book
	if b.Broken != nil {
		t.Fatal(b.Broken)
	}
	if got := ops(b.Lineage); got != "three one" || b.InBalance["two"] || !b.InBalance["one"] {
		t.Errorf("the lineage is %q, want three, which was computed from one, and no two", got)
	}
	if got := strings.Join(b.Acknowledged, " "); got != "one two" {
		t.Errorf("acknowledged are %q", got)
	}
}

func TestABookThatIsNotWholeSaysWhy(t *testing.T) {
	for _, each := range []struct{ history, why string }{
		{`1s ledger ledger-write op=client-1/1 version=1`, "nothing tells how the account was opened"},
		{`0s - ledger-opened
		  1s - ledger-opened`, "events 1 and 2 both open the account"},
		{`0s - ledger-opened
		  1s ledger ledger-write op=client-1/1 version=1
		  2s ledger ledger-write op=client-2/1 version=1`, "events 2 and 3 both wrote version 1"},
		{`0s - ledger-opened
		  1s client-1 wrote op=client-1/1`, "the 1st withdrawal of client-1 was acknowledged, but the ledger has no such write"},
		{`0s - ledger-opened
		  1s ledger ledger-write op=client-1/1 base=7 version=8`, "event 2 wrote version 8 from version 7, which did not exist"},
	} {
		if got := trace.Read(historytest.Transcript(t, each.history)).Book.Broken; got == nil || got.Error() != each.why {
			t.Errorf("got %v, want %s", got, each.why)
		}
	}
}

// A write removes from the balance what it was not computed from, and restores what it was
// computed from.
func TestTheLineageOfTheBalance(t *testing.T) {
	var l trace.Lineage
	for _, each := range []struct {
		op            string
		base, version uint64
		gone, come    string
	}{
		{"one", 0, 1, "", "one"},
		{"two", 1, 2, "", "two"},
		{"three", 2, 3, "", "three"},
		{"four", 1, 4, "three two", "four"},
		{"five", 3, 5, "four", "two three five"},
		{"six", 6, 6, "five three two one", "six"}, // based on itself: our accounts never produce this
	} {
		gone, come := l.Take(&sim.Event{Op: each.op, Base: each.base, Version: each.version})
		if ops(gone) != each.gone || ops(come) != each.come {
			t.Errorf("%s takes out %q and brings in %q, want %q and %q", each.op, ops(gone), ops(come), each.gone, each.come)
		}
	}
}
