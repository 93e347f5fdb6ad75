package charts

import (
	"time"

	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// cell returns a cell of 20 trials; options change it.
func cell(scenario, backend, guard string, options ...func(*outcome.Summary)) outcome.Summary {
	c := outcome.Summary{
		Scenario: scenario, Backend: backend, Guard: guard, Discipline: "attentive", World: sim.VirtualWorld,
		TTL: 10 * time.Second, Trials: 20, Seeds: outcome.Seeds{First: 1, Last: 20},
		Damage: outcome.Tally{Holds: 20},
	}
	for _, p := range check.Properties() {
		c.Tallies = append(c.Tallies, outcome.Tally{Property: p, Holds: 20})
	}
	for _, o := range options {
		o(&c)
	}
	return c
}

// harm makes money get lost in n trials.
func harm(n int) func(*outcome.Summary) {
	return func(c *outcome.Summary) { c.Damage = outcome.Tally{Violated: n, Holds: c.Trials - n} }
}

// violated makes a property be violated in n trials.
func violated(p check.Property, n int) func(*outcome.Summary) {
	return func(c *outcome.Summary) {
		for i := range c.Tallies {
			if c.Tallies[i].Property == p {
				c.Tallies[i] = outcome.Tally{Property: p, Violated: n, Holds: c.Trials - n}
			}
		}
	}
}

// measured adds the results of a measure.
func measured(m check.Measure, mean, p50, p99 float64) func(*outcome.Summary) {
	return func(c *outcome.Summary) {
		c.Spreads = append(c.Spreads, outcome.Spread{Measure: m, Trials: c.Trials, Least: mean, Most: mean, Mean: mean, P50: p50, P99: p99})
	}
}

func undecidedHarm(c *outcome.Summary) {
	c.Damage, c.Outcome = outcome.Tally{Undecided: c.Trials}, outcome.Undecided
}

func surprising(c *outcome.Summary) { c.Outcome = outcome.NotAsExpected }

func notAvailable(c *outcome.Summary) {
	c.Trials, c.Damage, c.Outcome, c.Why = 0, outcome.Tally{}, outcome.NotAvailable, "clocks of real servers cannot run fast"
	for i := range c.Tallies {
		c.Tallies[i] = outcome.Tally{Property: c.Tallies[i].Property}
	}
}

func live(c *outcome.Summary) {
	c.World, c.TTL = sim.LiveWorld, 2*time.Second
}

// set combines cells, with a card for each scenario: its name, then its faults.
func set(cells []outcome.Summary, cards ...outcome.Card) *results.Set {
	return &results.Set{Cards: cards, Cells: cells}
}

func card(scenario string, faults ...sim.FaultKind) outcome.Card {
	return outcome.Card{Scenario: scenario, Faults: faults}
}

// inTheBattery is the card of a scenario of the battery.
func inTheBattery(scenario string, faults ...sim.FaultKind) outcome.Card {
	return outcome.Card{Scenario: scenario, Title: "What happens in " + scenario, Faults: faults, Battery: true}
}

// unserved makes clients wait too long in n trials.
func unserved(n int, clients ...sim.HostID) func(*outcome.Summary) {
	return func(c *outcome.Summary) {
		for _, client := range clients {
			c.Unserved = append(c.Unserved, outcome.Unserved{Client: client, Trials: n})
		}
	}
}

func notApplicable(c *outcome.Summary) {
	c.Trials, c.Damage, c.Outcome, c.Why = 0, outcome.Tally{}, outcome.NotApplicable, "without a lock there is no lock service"
}

// minReplicas is the longest name in any built-in scenario.
const minReplicas = "sentinel+replicas=2+min-replicas-to-write=1+min-replicas-max-lag=1ttl"

// world is a small laboratory in which everything that a chart can show happens once.
func world() *results.Set {
	two := func(o func(*outcome.Summary)) []func(*outcome.Summary) {
		return []func(*outcome.Summary){violated(check.Overlap, 20), o}
	}
	return set([]outcome.Summary{
		cell("no-fault", "none", "none", append(two(harm(20)), violated(check.OverlapValid, 20))...),
		cell("no-fault", "none", "cas", violated(check.Overlap, 20), violated(check.OverlapValid, 20)),
		cell("no-fault", "redis", "none"),
		cell("no-fault", "redis", "fence-all"),
		cell("gc-pause", "redis", "none", two(harm(20))...),
		cell("gc-pause", "redis", "fence-writes", violated(check.Overlap, 20), harm(20)),
		cell("gc-pause", "redis", "fence-all", violated(check.Overlap, 20)),
		cell("gc-pause", "redis", "fence-equal", harm(20)),
		cell("gc-pause", "redlock", "none", two(harm(20))...),
		cell("gc-pause", "redlock", "cas", violated(check.Overlap, 20)),
		cell("gc-pause", "zookeeper", "none", two(harm(7))...),
		cell("gc-pause", "zookeeper", "fence-all", surprising),
		cell("clock-forward", "redis", "none", append(two(harm(20)), violated(check.OverlapValid, 20))...),
		cell("clock-forward", "redis+elapsed-check", "none", append(two(harm(20)), violated(check.OverlapValid, 20))...),
		cell("clock-forward", "redlock", "none", undecidedHarm),
		cell("clock-forward", "zookeeper", "none", notAvailable),
		cell("failover", minReplicas, "none", two(harm(3))...),
		cell("failover", minReplicas, "fence-all", harm(1)),
		cell("partition-sides", "none", "none", append(two(harm(20)), measured(check.ServedMajority, 1, 1, 1), measured(check.ServedMinority, 1, 1, 1))...),
		cell("partition-sides", "redis", "none", measured(check.ServedMajority, 0.996, 1, 1), measured(check.ServedMinority, 0, 0, 0)),
		cell("partition-sides", "redis", "cas"),
		cell("partition-sides", minReplicas, "none", append(two(harm(6)), measured(check.ServedMajority, 0.96, 1, 1), measured(check.ServedMinority, 0.2, 0, 0))...),
		cell("partition-sides", minReplicas, "cas"),
		cell("uncontended", "none", "none", measured(check.Wait, 0, 0, 0)),
		cell("uncontended", "redis", "none", measured(check.Wait, 0.0006, 0.0005, 0.001), measured(check.Messages, 2, 2, 2)),
		cell("uncontended", "redlock", "none", measured(check.Wait, 0.0006, 0.00055, 0.0012), measured(check.Messages, 10, 10, 10)),
		cell("uncontended", "zookeeper", "none", measured(check.Wait, 0.002, 0.0014, 0.022), measured(check.Messages, 3.02, 3.02, 3.02)),
		cell("uncontended", "etcd", "none", measured(check.Wait, 0.002, 0.0014, 0.1), measured(check.Messages, 2.06, 2.06, 2.06)),
		cell("battery-nothing", "none", "none", harm(20)),
		cell("battery-nothing", "redis", "none"), cell("battery-nothing", "redis", "fence-all"),
		cell("battery-paused", "none", "none", append(two(harm(20)), violated(check.OverlapValid, 20))...),
		cell("battery-paused", "none", "cas", violated(check.OverlapValid, 20)),
		cell("battery-paused", "redis", "none", two(harm(20))...),
		cell("battery-paused", "redis", "fence-all", violated(check.Overlap, 20), violated(check.OverlapValid, 11)),
		cell("battery-paused", "redlock", "none", undecidedHarm),
		cell("battery-paused", "redlock", "cas", unserved(7, "client-2")),
		cell("battery-paused", "zookeeper", "none", two(harm(7))...),
		cell("battery-paused", "zookeeper", "fence-all", surprising),
		cell("battery-dead", "none", "none", notApplicable), cell("battery-dead", "none", "cas", notApplicable),
		cell("battery-dead", "redis", "none", harm(20), unserved(20, "client-1", "client-2")),
		cell("battery-dead", "redis", "fence-all", harm(20), unserved(20, "client-1", "client-2")),
		cell("battery-dead", "redlock", "none", harm(20)),
		cell("battery-dead", "redlock", "cas"),
		cell("battery-dead", "zookeeper", "none", unserved(20, "client-1")),
		cell("battery-dead", "zookeeper", "fence-all", unserved(20, "client-1")),
		cell("battery-dead", "redis+renew", "none", harm(1)), // not like the others
		cell("battery-paused", "redis", "none", live, harm(1)), cell("battery-dead", "redis", "none", live, notAvailable),
		cell("gc-pause", "redis", "none", live, harm(20), violated(check.Overlap, 20)),
		cell("gc-pause", "lib/etcd-mutex", "none", live),
	},
		card("no-fault"), card("gc-pause", sim.Pause), card("clock-forward", sim.ClockFault), card("failover", sim.Crash),
		card("partition-sides", sim.Partition), card("uncontended"),
		inTheBattery("battery-nothing"), inTheBattery("battery-paused", sim.Pause), inTheBattery("battery-dead", sim.Crash))
}
