package timeline

import (
	"strings"
	"testing"

	"github.com/locklab/locklab/reports/internal/picturetest"
)

// told are trials of the suite whose pictures are kept, seed 1 in the virtual world.
var told = []struct{ scenario, backend, guard string }{
	{"gc-pause", "redis", "none"},
	{"gc-pause", "redis", "fence-all"},
	{"clock-forward-bare", "redlock", "none"},
	{"holder-partitioned", "etcd", "none"},
	{"split-brain", "sentinel", "none"},
	{"contention", "redis", "none"},
	{"charge-once", "redis", "none"},
	{"no-fault", "none", "none"},
}

// TestTimelinesOfTheSuiteAreWhatTheyWere compares pictures byte by byte. When one is meant to
// change: go test ./reports/timeline -update, and look at it.
func TestTimelinesOfTheSuiteAreWhatTheyWere(t *testing.T) {
	for _, which := range told {
		name := strings.Join([]string{which.scenario, which.backend, which.guard}, ".")
		t.Run(name, func(t *testing.T) {
			f, err := Timeline(picturetest.History(t, which.scenario, which.backend, which.guard))
			if err != nil {
				t.Fatal(err)
			}
			picturetest.Keep(t, name, f)
			picturetest.Compare(t, name, f)
		})
	}
}

// TestThePictureAloneSaysWhyTheMoneyWasLost looks for the chain of events.
func TestThePictureAloneSaysWhyTheMoneyWasLost(t *testing.T) {
	for _, c := range []struct {
		scenario, backend, guard string
		says                     []string
	}{
		{"gc-pause", "redis", "none", []string{
			"pause of 15 s", "wrong from here: the lease expired at redis-1", "the 100 it read is old from here: client-2 has written 90",
			"its withdrawal is gone: client-1 has written 90 over it", "wrong: the lock is not its own", "goes by what it read", "which is old",
		}},
		{"clock-forward-bare", "redlock", "none", []string{
			"majority of 5 nodes", "wrong from here: the lease expired at redis-3, which leaves no majority",
		}},
		{"split-brain", "sentinel", "none", []string{"wrong from here: redis-replica-1 gave the lock to client-2"}},
		{"no-fault", "none", "none", []string{"wrong from here: there is no lock, and client-2 is at work too"}},
		{"charge-once", "redis", "none", []string{
			"job-1 is not open any more from here: client-2 has charged for it", "job-1: client-1 charged for it as well",
		}},
	} {
		f, err := Timeline(picturetest.History(t, c.scenario, c.backend, c.guard))
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(t, picturetest.SVG(t, f))
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s with %s: the picture does not say %q", c.scenario, c.backend, want)
			}
		}
	}
}

func TestWhereNothingGoesWrongNothingIsFlagged(t *testing.T) {
	f, err := Timeline(picturetest.History(t, "contention", "redis", "none"))
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, picturetest.SVG(t, f))
	for _, unwanted := range []string{"wrong", "is old", "is gone"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("the picture says %q", unwanted)
		}
	}
}
