package words

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

func TestEveryPropertyIsToldByItsName(t *testing.T) {
	for _, p := range check.Properties() {
		sentence, violated := Verdict(&sim.History{}, []check.Finding{{Property: p, Verdict: check.Violated, Why: "so it was"}})
		if !violated || !strings.HasPrefix(sentence, Property(p)+": so it was") {
			t.Errorf("of a trial in which %s was violated it is said: %q", p, sentence)
		}
	}
}

// leaders returns a trial of two clients in which the first works on for this long after it was
// told that its lock is lost.
func leaders(worksOn time.Duration) *sim.History {
	h := &sim.History{Header: sim.Header{World: "virtual", Clients: []sim.HostID{"client-1", "client-2"}}}
	at := func(t time.Duration, host sim.HostID, kind sim.Kind, grant string) {
		h.Events = append(h.Events, sim.Event{Seq: int64(len(h.Events) + 1), At: t * time.Second, Host: host, Kind: kind, Grant: grant})
	}
	at(1, "client-1", sim.Acquired, "a")
	at(5, "client-2", sim.Acquired, "b")
	at(8, "client-1", sim.Lost, "a")
	at(8, "client-1", sim.Release, "a")
	h.Events[len(h.Events)-1].At += worksOn
	at(20, "client-2", sim.Release, "b")
	at(30, "", sim.End, "")
	return h
}

func TestWorkIsToldOfOnlyWhereItSaysMoreThanBeliefs(t *testing.T) {
	for _, c := range []struct {
		name    string
		world   string
		worksOn time.Duration
		telling bool
	}{
		{"who stops when it is told has worked for as long as it believed", "virtual", 0, false},
		{"who works on has worked for longer", "virtual", time.Millisecond, true},
		{"a real client takes a moment to stop", "live", 10 * time.Millisecond, false},
		{"a real client that works on has worked for longer", "live", time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := leaders(c.worksOn)
			h.Header.World = c.world
			findings := check.All(trace.Read(h))
			told := Telling(h, findings)
			is := func(p check.Property) func(check.Finding) bool {
				return func(f check.Finding) bool { return f.Property == p && f.Verdict == check.Violated }
			}
			if !slices.ContainsFunc(told, is(check.Overlap)) || slices.ContainsFunc(told, is(check.WorkOverlap)) != c.telling {
				t.Errorf("told: %v", told)
			}
			if !slices.ContainsFunc(findings, is(check.WorkOverlap)) {
				t.Error("the findings themselves have changed")
			}
			if sentence, _ := Verdict(h, findings[len(check.Preconditions()):]); !strings.HasPrefix(sentence, "overlap") {
				t.Errorf("of two that believe and work at once it is said: %s", sentence)
			}
		})
	}
}
