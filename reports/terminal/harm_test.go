package terminal

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// after returns a cell of ten trials: in overlap of them two clients hold the lock, and in lost of
// them an update is lost.
func after(scenario, backend, guard string, overlap, lost int) outcome.Summary {
	return cell(scenario, backend, guard, "virtual", 10, outcome.AsExpected,
		tally(check.Overlap, 10, 10-overlap, overlap), tally(check.LostUpdate, 10, 10-lost, lost))
}

// intoSet returns such a cell for a scenario whose clients add elements to a set: nobody holds
// anything.
func intoSet(backend string, lost int) outcome.Summary {
	return cell("set-after-crash", backend, "none", "virtual", 10, outcome.AsExpected, tally(check.LostUpdate, 10, 10-lost, lost))
}

func faulty(names ...string) (cards []outcome.Card) {
	for _, n := range names {
		cards = append(cards, outcome.Card{Scenario: n, Faults: []sim.FaultKind{sim.Pause}})
	}
	return append(cards, outcome.Card{Scenario: "no-fault"}, outcome.Card{Scenario: "set-after-crash", Faults: []sim.FaultKind{sim.Crash}, Adds: true})
}

func TestTheSummarySaysWhichLocksLetTwoClientsInAndWhatFencesStop(t *testing.T) {
	undecided := cell("gc-pause", "redis", "none", "virtual", 10, outcome.Undecided, tally(check.Overlap, 10, 0, 0, check.Violated), tally(check.LostUpdate, 10, 0, 0, check.Violated))
	twice := func(guard string, n int) outcome.Summary {
		return cell("gc-pause", "redis", guard, "virtual", 10, outcome.AsExpected,
			tally(check.Overlap, 10, 0, 10), tally(check.LostUpdate, 10, 10, 0), tally(check.DuplicateEffect, 10, 10-n, n))
	}
	heedless := after("gc-pause", "redis", "none", 10, 10)
	heedless.Discipline = "heedless"
	notJudged := cell("gc-pause", "etcd", "none", "virtual", 10, outcome.AsExpected, tally(check.Overlap, 10, 0, 10), tally(check.LostUpdate, 10, 9, 0))
	missing := outcome.Summary{Scenario: "gc-pause", Backend: "redis", Guard: "none", Discipline: "attentive", World: "virtual", Outcome: outcome.NotAvailable, Why: "there is no redis-server"}
	live := after("gc-pause", "redis", "none", 1, 0)
	live.World = "live"
	for _, test := range []struct {
		name  string
		cells []outcome.Summary
		want  []string
	}{
		{"several scenarios: services as they are, the one that never errs last", []outcome.Summary{
			after("no-fault", "redis", "none", 10, 10),
			after("gc-pause", "none", "none", 10, 10), after("gc-pause", "perfect", "none", 10, 3), after("gc-pause", "redis", "none", 10, 10),
			after("gc-pause", "redis+renew", "none", 10, 10), after("gc-pause", "etcd", "none", 0, 0), after("gc-pause", "redis", "fence-all", 10, 0),
			after("gc-pause", "redis", "fence-writes", 10, 10), after("failover", "redis", "none", 1, 0),
		}, []string{"Without a guard, two clients believe they hold the lock in 2 of 2 fault scenarios with redis and even 1 of 1 with perfect, not with etcd. " +
			"An update is lost in 1 of 2 with redis and even 1 of 1 with perfect, not with etcd; with fence-all none is (1 cell)."}},
		{"one scenario: services with their options", []outcome.Summary{
			after("gc-pause", "redis", "none", 10, 10), after("gc-pause", "redis+renew", "none", 1, 1), after("gc-pause", "etcd", "none", 0, 0),
		}, []string{"Without a guard, two clients believe they hold the lock with redis and redis+renew, not with etcd. An update is lost with each of them."}},
		{"where no lock is taken nothing is said of locks", []outcome.Summary{
			after("gc-pause", "redis", "none", 10, 0), intoSet("redis", 10),
		}, []string{"Without a guard, two clients believe they hold the lock with redis. No update is lost."}},
		{"unless there is nothing else", []outcome.Summary{intoSet("redis", 10), intoSet("redis+durability=always", 0)},
			[]string{"An update is lost with redis, not with redis+durability=always."}},
		{"one cell", []outcome.Summary{after("gc-pause", "redis", "none", 10, 0)},
			[]string{"Without a guard, two clients believe they hold the lock with redis. No update is lost."}},
		{"no faults", []outcome.Summary{after("no-fault", "redis", "none", 0, 0), after("short-lease", "redis", "none", 0, 0)},
			[]string{"Without a guard, no two clients believe they hold the lock (2 cells with redis). No update is lost."}},
		{"only fences", []outcome.Summary{after("gc-pause", "redis", "fence-all", 10, 0), after("failover", "sentinel", "fence-all", 10, 2)},
			[]string{"With fence-all an update is lost in failover with sentinel (1 of 2 cells)."}},
		{"a fence that does not always help", []outcome.Summary{
			after("gc-pause", "redis", "none", 10, 10), after("counter-lost", "redis", "none", 10, 10),
			after("gc-pause", "redis", "fence-writes", 10, 0), after("counter-lost", "redis", "fence-writes", 10, 1),
		}, []string{"Without a guard, two clients believe they hold the lock in 2 of 2 fault scenarios with redis. " +
			"An update is lost in 2 of 2 with redis; with fence-writes only in counter-lost with redis (1 of 2 cells)."}},
		{"undecided cells, each property for itself", []outcome.Summary{undecided, notJudged, missing, after("gc-pause", "zookeeper", "none", 0, 0)},
			[]string{"Without a guard, two clients believe they hold the lock with etcd, not with zookeeper; undecided with redis. No update is lost (1 cell with zookeeper); undecided with redis and etcd."}},
		{"undecided cells of several scenarios", []outcome.Summary{undecided, after("failover", "redis", "none", 1, 1), after("counter-lost", "redis", "none", 1, 0)},
			[]string{"Without a guard, two clients believe they hold the lock in 2 of 2 fault scenarios with redis; undecided in 1 more cell. An update is lost in 1 of 2 with redis; undecided in 1 more cell."}},
		{"nobody wrote", []outcome.Summary{notJudged, cell("gc-pause", "redis", "none", "virtual", 10, outcome.Undecided, tally(check.Overlap, 10, 0, 10), tally(check.LostUpdate, 10, 0, 0, check.Violated))},
			[]string{"Without a guard, two clients believe they hold the lock with etcd and redis. Whether an update is lost is undecided (2 cells)."}},
		{"nothing to judge, and nobody asked", []outcome.Summary{cell("gc-pause", "redis", "none", "virtual", 10, outcome.AsExpected, tally(check.Overlap, 10, 10, 0), tally(check.LostUpdate, 10, 0, 0))},
			[]string{"Without a guard, no two clients believe they hold the lock (1 cell with redis)."}},
		{"done twice", []outcome.Summary{twice("none", 10), twice("unique", 0), twice("cas", 10)},
			[]string{"Without a guard, two clients believe they hold the lock with redis. No update is lost; with cas none is (1 cell). An effect is applied twice with redis; with unique none is (1 cell)."}},
		{"attentive clients count", []outcome.Summary{heedless, after("gc-pause", "redis", "none", 10, 0)},
			[]string{"Without a guard, two clients believe they hold the lock with redis. No update is lost."}},
		{"only careless clients", []outcome.Summary{heedless},
			[]string{"Where clients are heedless: without a guard, two clients believe they hold the lock with redis. An update is lost with redis."}},
		{"two worlds, never in one figure", []outcome.Summary{after("gc-pause", "redis", "none", 10, 10), live}, []string{
			"In the virtual world, without a guard, two clients believe they hold the lock with redis. An update is lost with redis.",
			"In the live world, without a guard, two clients believe they hold the lock with redis. No update is lost."}},
		{"no lock at all", []outcome.Summary{after("gc-pause", "none", "none", 10, 10)}, nil},
		{"nothing but what is undecided", []outcome.Summary{undecided}, []string{"Without a guard, whether two clients believe they hold the lock is undecided (1 cell). Whether an update is lost is undecided (1 cell)."}},
		{"nothing", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := harm(test.cells, faulty("gc-pause", "failover", "counter-lost")); !slices.Equal(got, test.want) {
				t.Errorf("it says\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}
