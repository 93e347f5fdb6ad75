package results

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/trial"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// suite is the first trial of each virtual cell of the built-in scenarios, as if the history of
// each had been kept.
var suite = sync.OnceValues(func() (*Set, error) {
	all, err := scenarios.Builtin(script.Everything())
	if err != nil {
		return nil, err
	}
	trials, err := trial.Selection{World: sim.VirtualWorld, Seeds: outcome.Seeds{First: 1, Last: 1}}.Trials(all)
	if err != nil {
		return nil, err
	}
	trials = slices.DeleteFunc(trials, func(t trial.Trial) bool { return t.Unavailable() != nil })
	s := newSum()
	if err := s.addRun(Run{About: About{Started: time.Unix(0, 0), Scenarios: trial.Cards(trials, nil)}}); err != nil {
		return nil, err
	}
	for _, t := range trials {
		history, err := t.Simulate(context.Background())
		if err != nil {
			return nil, fmt.Errorf("%s with %s: %w", t.Scenario.Name, t.Backend, err)
		}
		r := t.Judge(history)
		r.History = "kept"
		if err := s.add(&r, ""); err != nil {
			return nil, err
		}
	}
	return s.set(), nil
})

func theSuite(t *testing.T) *Set {
	t.Helper()
	s, err := suite()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestThePictureOfAScenarioIsTheCellThatShowsItsPoint(t *testing.T) {
	told := map[string]string{}
	for _, k := range theSuite(t).Kept {
		if k.Telling {
			told[k.Result.Scenario] = k.Result.Backend + " " + k.Result.Guard
		}
	}
	for scenario, want := range map[string]string{
		"no-fault":           "none none",                       // with a lock, all is well
		"contention":         "redlock+retry-jitter=off none",   // those that stay in step are not served
		"partial-locks":      "redlock+unlock-partial=off none", // the lock is free only a lease later
		"lost-create-reply":  "zookeeper+protect=off none",      // nobody gets past the forgotten znode
		"message-count":      "redlock none",                    // the most messages
		"server-off":         "redis+durability=always none",    // the lease runs on
		"lease-length":       "etcd none",                       // a little longer than asked for
		"foreign-release":    "redis+plain-del none",            // the only one that frees somebody else's lock
		"fence-write-gap":    "redis fence-writes",              // the fence with the gap, not no fence
		"value-set":          "redis value",                     // the guard that it is named after
		"gc-pause":           "redis none",                      // a service that people use, and the loss
		"charge-once":        "redis none",
		"charge-unmarked":    "redis fence-all", // a fence does not help
		"equal-token":        "redis fence-equal",
		"partition-sides":    "sentinel+replicas=2 none", // both sides are served
		"holder-partitioned": "zookeeper+give-up-at=expired none",
	} {
		if told[scenario] != want {
			t.Errorf("the picture of %s is %q, expected %q", scenario, told[scenario], want)
		}
	}
}

// TestNoPictureShowsACellWhereNothingHappenedIfTheScenarioHasAnother looks at every scenario.
func TestNoPictureShowsACellWhereNothingHappenedIfTheScenarioHasAnother(t *testing.T) {
	s := theSuite(t)
	happened := func(k Kept) bool {
		return slices.ContainsFunc(cellOf(s.Card(k.Result.Scenario), &k.Result).Expect, func(e script.Expected) bool {
			return e.Verdict == check.Violated && k.Result.Finding(e.Property).Verdict == check.Violated
		})
	}
	for _, card := range s.Cards {
		var shown, other string
		for _, k := range s.Kept {
			switch {
			case k.Result.Scenario != card.Scenario:
			case k.Telling && happened(k):
				shown = k.ID
			case happened(k):
				other = k.ID
			}
		}
		if shown == "" && other != "" {
			t.Errorf("the picture of %s shows nothing of what is expected to go wrong; %s does", card.Scenario, other)
		}
	}
}

func TestEachScenarioThatHasAHistoryHasOnePicture(t *testing.T) {
	f := filled(t)
	var telling []string
	for _, k := range f.Set().Kept {
		if k.Telling {
			telling = append(telling, k.ID)
		}
	}
	if want := []string{"gc-pause.redis.none.virtual.seed-2", "failover.sentinel.none.virtual.seed-1"}; !slices.Equal(telling, want) {
		t.Errorf("the telling ones are %q, want %q", telling, want)
	}
}

func TestATrialThatShowsWhatChanceBringsAboutIsKept(t *testing.T) {
	f, err := NewFolder(t.TempDir(), About{Started: time.Unix(0, 0), Scenarios: []outcome.Card{{Scenario: "lottery", Cells: []outcome.CardCell{{
		Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", TTL: time.Second,
		Expect: []script.Expected{{Property: check.LostUpdate, Verdict: check.Violated, Sometimes: true}},
	}}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for seed, verdict := range []check.Verdict{check.Holds, check.Holds, check.Violated, check.Violated} {
		add(t, f, "lottery", "redis", uint64(seed), verdict, outcome.AsExpected)
	}
	var kept []string
	for _, k := range f.Set().Kept {
		text := k.ID
		if k.Telling {
			text += " tells most"
		}
		kept = append(kept, text)
	}
	if got, want := strings.Join(kept, ", "), "lottery.redis.none.virtual.seed-0, lottery.redis.none.virtual.seed-2 tells most"; got != want {
		t.Errorf("kept: %s; expected: %s", got, want)
	}
}
