package reports

import (
	"testing"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

func TestTheMostTellingPictureShowsALockServiceThatLostAWithdrawal(t *testing.T) {
	kept := func(name string, lost check.Verdict, servers []sim.HostID, faults []string) Kept {
		return Kept{Name: name, Judged: scenarios.Judged{
			Result:  scenarios.Result{Findings: []check.Finding{{Property: check.LostUpdate, Verdict: lost}}},
			History: &sim.History{Header: sim.Header{Servers: servers, Faults: faults}},
		}}
	}
	calm := kept("nothing went wrong", check.Holds, []sim.HostID{"redis-1"}, nil)
	nolock := kept("no lock at all", check.Violated, nil, nil)
	paused := kept("a paused holder", check.Violated, []sim.HostID{"redis-1"}, []string{"pause client-1"})
	for _, c := range []struct {
		kept []Kept
		want string
	}{
		{[]Kept{calm, nolock, paused}, "a paused holder"},
		{[]Kept{calm, nolock}, "no lock at all"},
		{[]Kept{calm}, "nothing went wrong"},
	} {
		if got := MostTelling(c.kept); got == nil || got.Name != c.want {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
	if got := MostTelling(nil); got != nil {
		t.Errorf("of nothing, %s tells most", got.Name)
	}
}
