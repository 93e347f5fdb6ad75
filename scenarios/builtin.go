// Package scenarios holds what comes with locklab: the scripts, the sweeps, the published claims and
// numbers, and the schema of scripts.
package scenarios

import (
	"embed"
	"fmt"
	"slices"

	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

//go:embed scripts/*.yaml battery/*.yaml
var scripts embed.FS

// builtinNames lists the built-in scripts in the order best suited for reading.
var builtinNames = []string{
	// nothing goes wrong
	"no-fault", "contention", "partial-locks", "short-lease", "equal-token", "container-parent", "lease-id-token", "server-made-lease", "message-count", "uncontended", "renewals", "lease-length", "lease-minimum", "random-values", "healthy-cluster",
	// pauses and delays at the client
	"gc-pause", "heedless-pause", "inside-pause", "inside-cut", "inside-storm", "session-3s", "endless-lease-pause", "endless-lease-crash", "renewal-too-late", "fence-write-gap", "pause-during-acquire", "delayed-acquire-reply",
	"delayed-write", "vm-suspend", "client-clock-back", "foreign-release", "waiter-lease-expired", "waiter-told-late",
	"client-crash", "holder-partitioned", "cut-and-healed", "cut-and-healed-late",
	"session-events-unread", "told-and-works-on", "waiter-partitioned", "waiter-shorter-lease", "slow-renewals", "packet-loss",
	"lost-unlock-reply", "late-release", "lost-create-reply", "lock-of-before", "znode-version", "container-parent-pause",
	"value-set", "value-set-late", "writes-out-of-order",
	"charge-once", "charge-unmarked", "charge-crashes", "random-timing", "bounded-timing",
	// faults of the lock service
	"clock-forward", "clock-forward-bare", "clock-back", "clock-rate", "clock-rate-both", "clock-slewed",
	"server-pause", "server-crash", "server-crash-everysec", "server-crash-synced", "server-off",
	"server-crash-bare", "delayed-restart", "delayed-restart-clock", "counter-lost",
	"failover", "wait-not-enough", "replica-clock-ahead", "sentinels-down", "sentinel-clock-jump",
	"split-brain", "split-brain-window", "split-brain-late", "split-brain-ten-seconds", "leader-clock-fast", "leader-clock-stepped", "leader-crash", "leader-and-holder-crash", "release-leader-restart", "release-ensemble-restart", "leader-pause", "stalled-leader", "stalled-leader-checked", "stalled-disk", "servers-paused", "servers-paused-impatient", "stale-read", "leader-partitioned", "watch-lost", "watch-lost-one", "server-unreachable", "server-hangs", "one-of-three-off", "majority-down", "minority-partition", "quorum-lost", "minority-client", "partition-sides",
	// the service as a store
	"set-in-redis", "set-split-servers", "set-after-crash",
}

// BatteryName stands on the command line for all scripts of the battery.
const BatteryName = "battery"

// batteryNames lists the scripts of the battery, which does the same to every lock service, in the
// order of tables.
var batteryNames = []string{
	"battery-nothing",
	"battery-holder-paused",
	"battery-acquire-paused",
	"battery-acquire-suspended",
	"battery-write-delayed",
	"battery-holder-cut-off",
	"battery-holder-dead",
	"battery-holder-clock-slow",
	"battery-server-clock-ahead",
	"battery-server-clocks-fast",
	"battery-server-restarts",
	"battery-server-dead",
	"battery-server-paused",
	"battery-split",
	"battery-power-cycle",
	"battery-packet-loss",
}

// BuiltinNames lists the built-in scripts in the order best suited for reading: those of the battery
// first.
func BuiltinNames() []string { return slices.Concat(batteryNames, builtinNames) }

// Source returns a built-in script as it was written. The error lists the names that exist.
func Source(name string) ([]byte, error) {
	names := BuiltinNames()
	if slices.Contains(names, name) {
		return scripts.ReadFile(Path(name))
	}
	message := fmt.Sprintf("there is no built-in scenario %s; expected %s, %s, or the path of a file", strict.Quoted(name), BatteryName, strict.Listed(names))
	if hint := strict.DidYouMean(name, append(names, BatteryName)); hint != "" {
		message += "; " + hint
	}
	return nil, fmt.Errorf("%s", message)
}

// Find loads one built-in script.
func Find(name string, known script.Known) (*script.Scenario, error) {
	src, err := Source(name)
	if err != nil {
		return nil, err
	}
	s, err := script.Load(Path(name), src, known)
	if err != nil {
		return nil, err
	}
	s.Builtin, s.Battery = true, slices.Contains(batteryNames, name)
	return s, nil
}

// Builtin loads all built-in scripts, in the order of BuiltinNames.
func Builtin(known script.Known) ([]*script.Scenario, error) { return load(BuiltinNames(), known) }

// Battery loads the scripts of the battery, in the order of tables.
func Battery(known script.Known) ([]*script.Scenario, error) { return load(batteryNames, known) }

func load(names []string, known script.Known) ([]*script.Scenario, error) {
	var all []*script.Scenario
	for _, name := range names {
		s, err := Find(name, known)
		if err != nil {
			return nil, fmt.Errorf("load the built-in scenario %s: %w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}

// Path returns where a built-in script is, as its errors name it.
func Path(name string) string {
	if slices.Contains(batteryNames, name) {
		return "battery/" + name + ".yaml"
	}
	return "scripts/" + name + ".yaml"
}
