package words

import (
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// book returns the history of an account with a guard: it was opened with 100, and then these
// events happened.
func book(guard string, events ...sim.Event) *sim.History {
	h := &sim.History{Header: sim.Header{Guard: guard}}
	for _, e := range append([]sim.Event{{Kind: sim.LedgerOpened, Balance: 100}}, events...) {
		e.Seq, e.At = int64(len(h.Events)+1), time.Duration(len(h.Events))*time.Second
		h.Events = append(h.Events, e)
	}
	return h
}

var (
	taken    = sim.Event{Kind: sim.LedgerWrite, Client: "client-2", Op: "client-2/1", Base: 0, Version: 1, Balance: 90, Token: 2}
	intended = sim.Event{Kind: sim.Write, Host: "client-1", Op: "client-1/1", Base: 0, Balance: 90, Token: 1}
	refusal  = sim.Event{Kind: sim.LedgerWriteRefused, Client: "client-1", Op: "client-1/1", Base: 0, Token: 1,
		Note: "token 1 is lower than 2, the highest one seen"}
	told = sim.Event{Kind: sim.Wrote, Host: "client-2", Op: "client-2/1"}
	over = sim.Event{Kind: sim.LedgerWrite, Client: "client-1", Op: "client-1/1", Base: 0, Version: 2, Balance: 90}
)

func finding(p check.Property, v check.Verdict) check.Finding {
	return check.Finding{Property: p, Verdict: v, Why: "why"}
}

func TestAHeadlineTellsOfTheRescueAndOfWhatWouldBeRight(t *testing.T) {
	sane := finding(check.RecordingSane, check.Holds)
	overlap, safe := finding(check.Overlap, check.Violated), finding(check.LostUpdate, check.Holds)
	const saved = "refused: token 1 is lower than 2, the highest one seen. At 3.000 s, client-1 would have written 90 over client-2's withdrawal."
	for _, c := range []struct {
		name     string
		history  *sim.History
		findings []check.Finding
		want     string
		violated bool
	}{
		{"a rescue", book("fence-all", taken, intended, refusal), []check.Finding{sane, overlap, safe}, saved + " Violated nevertheless: overlap.", false},
		{"a rescue in peace", book("fence-all", taken, intended, refusal), []check.Finding{sane, safe}, saved, false},
		{"several refusals", book("fence-all", taken, intended, refusal, refusal), []check.Finding{sane, safe}, saved + " It is the first of 2 refusals.", false},
		{"money was lost all the same", book("fence-all", taken, intended, refusal), []check.Finding{finding(check.LostUpdate, check.Violated)}, "lost update: why.", true},
		{"the rightful holder was refused", book("fence-all", taken, intended, refusal), []check.Finding{finding(check.FreshRefused, check.Violated), safe},
			"fresh refused: why. No acknowledged withdrawal was lost.", true},
		{"a fault that was not proven", book("fence-all", taken, intended, refusal), []check.Finding{finding(check.FaultsHappened, check.Undecided), safe},
			"undecided, faults-happened: why.", false},
		{"not judged", book("fence-all", taken, intended, refusal), nil, "This trial was not judged.", false},
		{"no token at all", book("fence-all", sim.Event{Kind: sim.LedgerWriteRefused, Client: "client-1", Note: "the operation carries no fencing token, which this guard needs"}),
			[]check.Finding{sane, safe}, "Nothing was violated.", false},
		{"a read", book("fence-all", sim.Event{Kind: sim.LedgerReadRefused, Client: "client-1", Token: 1, Note: "token 1 is lower than 2, the highest one seen"}),
			[]check.Finding{sane, safe}, "refused: token 1 is lower than 2, the highest one seen. That was a read of client-1 at 1.000 s.", false},
		{"a loss", book("none", taken, told, over), []check.Finding{finding(check.LostUpdate, check.Violated)}, "lost update: why. The balance is 90; 80 would be right.", true},
		{"a charge that would have been the second", book("unique",
			sim.Event{Kind: sim.LedgerWrite, Client: "client-2", Op: "client-2/1", Job: "job-1", Version: 1, Balance: 90},
			sim.Event{Kind: sim.LedgerWriteRefused, Client: "client-1", Op: "client-1/1", Job: "job-1", Note: "there is an effect with the id job-1 already"}),
			[]check.Finding{sane, safe}, "refused: there is an effect with the id job-1 already. At 2.000 s, client-1 would have charged for job-1 again.", false},
	} {
		if got, violated := Verdict(c.history, c.findings); got != c.want || violated != c.violated {
			t.Errorf("%s: %q (violated: %t), expected %q (%t)", c.name, got, violated, c.want, c.violated)
		}
	}
}

func TestAReasonToRefuseIsShortInALabel(t *testing.T) {
	for note, want := range map[string]string{
		"token 1 is lower than 2, the highest one seen":              "token 1 is lower than 2",
		"token 2 is not 1, the one that was set":                     "token 2 is not 1",
		"computed from version 1, but the account has version 2":     "from v1, not v2",
		"there is an effect with the id job-1 already":               "job-1 was already done",
		"the lock value 0123456789abcdef is not none, the last one":  "the lock value 01234567… is not none",
		"the lock value short is not 0123456789abcdef, the last one": "the lock value short is not 01234567…",
		"": "",
	} {
		if got := Refused(&sim.Event{Note: note}); got != want {
			t.Errorf("%q is said as %q, expected %q", note, got, want)
		}
	}
}

func TestAJobIsToldAsAChargeAndAWithdrawalAsAWrite(t *testing.T) {
	n := NewNarrator(trace.Read(&sim.History{}))
	for _, c := range []struct {
		event sim.Event
		want  string
	}{
		{sim.Event{Kind: sim.Write, Host: "client-1", Balance: 90}, "client-1 is about to write 90, computed from v0"},
		{sim.Event{Kind: sim.Write, Host: "client-1", Balance: 90, Job: "job-1"}, "client-1 is about to charge the account [job-1]"},
		{sim.Event{Kind: sim.LedgerWrite, Client: "client-1", Balance: 80, Version: 2, Base: 1, Job: "job-1"}, "the account is charged for client-1: 80 (v2) is left [job-1]"},
		{sim.Event{Kind: "ignored", Host: "client-1", Note: "it was told that the lock is lost"}, "client-1 keeps working regardless (it was told that the lock is lost)"},
	} {
		if got := n.Sentence(&c.event); got != c.want {
			t.Errorf("got %q, expected %q", got, c.want)
		}
	}
}

func TestTheServicesWordSaysWhoseAGrantIsIfNobodyElseDoes(t *testing.T) {
	n := NewNarrator(trace.Read(&sim.History{Events: []sim.Event{
		{Kind: sim.Granted, Host: "etcd-1", Grant: "x", Client: "client-2"},
		{Kind: sim.AcquireSent, Host: "client-1", Grant: "y"},
		{Kind: sim.Granted, Host: "etcd-1", Grant: "y", Client: "client-2"},
	}}))
	for grant, want := range map[string]string{
		"x": "etcd-1 expires the lease of client-2",
		"y": "etcd-1 expires the lease of client-1",
	} {
		if got := n.Sentence(&sim.Event{Kind: sim.Expired, Host: "etcd-1", Grant: grant}); got != want {
			t.Errorf("got %q, expected %q", got, want)
		}
	}
}
