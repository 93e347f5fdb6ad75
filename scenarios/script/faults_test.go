package script

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// faults is a script with every kind of fault in it.
const faults = `
scenario: faults
title: Every kind of fault once
text: A text.
ttl: 10s
clients: 3
workload: {withdraw: {times: 20, think: 0.1ttl}}
lock: {timeout: 0.5ttl}
backends: [redis]
guards: [none]
steps:
  - at: 1s
    do: {pause: {host: [client-1, holder], for: {uniform: [0, 0.5ttl]}}}
  - at: 2s
    do: {suspend: {host: waiter, for: 0.5ttl}}
  - at: 3s
    do: {crash: {host: any, for: 0.1ttl}}
  - at: 3.5s
    do: {crash: {host: client-2, for: {uniform: [100ms, 1s]}}}
  - at: 3.7s
    do: {stall-disk: {host: redis-1, for: 50ms}}
  - at: 4s
    do: {clock: {host: redis-1, step: -0.5ttl}}
  - at: 5s
    do: {clock: {host: all, clock: monotonic, step: +5s, for: 1ttl}}
  - at: 6s
    do: {clock: {host: [client-1, client-2], clock: wall, rate: 1.1, for: 1ttl}}
  - at: 7s
    do: {clock: {host: ledger, rate: 0.5}}
  - at: 8s
    every: 10s
    times: 2
    do: {partition: {groups: [[client-1, redis-1], client-2], for: 0.5ttl}}
  - at: 9s
    do: {partition: {from: client-1, to: all, one-way: true, for: 1ttl}}
  - at: 10s
    do: {partition: {from: client-3, to: [redis-1, ledger]}}
  - at: 11s
    every: 1ttl
    do: {delay: {from: client-1, to: ledger, by: 0.1ttl, for: 1s}}
  - on: {client: 2, event: write}
    after: 1ms
    do: {hold: {from: client-2, to: ledger, by: 1ttl}}
  - at: 12s
    do: {drop: {from: redis-1, to: [client-1, client-2], probability: 0.3}}
until: 40ttl
expect: [{lost-update: holds, because: it is an example}]
`

func TestEveryKindOfFaultIsReadAndScalesWithTheLease(t *testing.T) {
	s := load(t, faults)
	const sec = time.Second
	hosts := func(ids ...sim.HostID) []sim.HostID { return ids }
	least, some := time.Duration(0), 100*time.Millisecond
	want := []sim.Fault{
		{Kind: sim.Pause, Hosts: hosts("client-1", "holder"), ForAtLeast: &least, For: 1 * sec},
		{Kind: sim.Suspend, Host: "waiter", For: 1 * sec},
		{Kind: sim.Crash, Host: "any", For: sec / 5},
		{Kind: sim.Crash, Host: "client-2", ForAtLeast: &some, For: 1 * sec},
		{Kind: sim.StallDisk, Host: "redis-1", For: sec / 20},
		{Kind: sim.ClockFault, Host: "redis-1", Clock: sim.WallClock, Step: -1 * sec},
		{Kind: sim.ClockFault, Host: "all", Clock: sim.MonotonicClock, Step: 5 * sec, For: 2 * sec},
		{Kind: sim.ClockFault, Hosts: hosts("client-1", "client-2"), Clock: sim.WallClock, Rate: 1_100_000_000, For: 2 * sec},
		{Kind: sim.ClockFault, Host: "ledger", Clock: sim.WallClock, Rate: 500_000_000},
		{Kind: sim.Partition, Groups: [][]sim.HostID{hosts("client-1", "redis-1"), hosts("client-2")}, For: 1 * sec},
		{Kind: sim.Partition, From: hosts("client-1"), To: hosts("all"), OneWay: true, For: 2 * sec},
		{Kind: sim.Partition, From: hosts("client-3"), To: hosts("redis-1", "ledger")},
		{Kind: sim.Delay, From: hosts("client-1"), To: hosts("ledger"), By: sec / 5, For: 1 * sec},
		{Kind: sim.Hold, From: hosts("client-2"), To: hosts("ledger"), By: 2 * sec, For: 2 * sec},
		{Kind: sim.Drop, From: hosts("redis-1"), To: hosts("client-1", "client-2"), Probability: 0.3},
	}
	for i, step := range s.Steps {
		got := step.Resolve(2 * sec)
		if !reflect.DeepEqual(got.Do, want[i]) {
			t.Errorf("step %d is %+v, want %+v", i+1, got.Do, want[i])
		}
	}
	for kind, want := range map[sim.FaultKind]sim.Step{sim.Partition: {Every: 10 * sec, Times: 2}, sim.Delay: {Every: 2 * sec}} {
		step := s.Steps[slices.IndexFunc(s.Steps, func(s Step) bool { return s.Do.Bare.Kind == kind })].Resolve(2 * sec)
		if step.Every != want.Every || step.Times != want.Times {
			t.Errorf("the %s repeats every %v, %d times", kind, step.Every, step.Times)
		}
	}
}

// TestEveryKindOfFaultCanBeLoadedAndSaid checks that every kind of fault is a key of the format, is
// loaded as itself, and has words of its own.
func TestEveryKindOfFaultCanBeLoadedAndSaid(t *testing.T) {
	if keys := strict.NamesOf(strict.KeysOf(reflect.TypeFor[fileDo]())); !slices.Equal(keys, faultNames()) {
		t.Errorf("the format has the faults %q, and there are the kinds %q", keys, faultNames())
	}
	s := load(t, faults)
	said := map[string]sim.FaultKind{}
	seen := map[sim.FaultKind]bool{}
	var steps struct {
		Steps []struct{ Do map[string]any }
	}
	if err := yaml.Unmarshal([]byte(faults), &steps); err != nil {
		t.Fatal(err)
	}
	for i, step := range s.Steps {
		kind := step.Do.Bare.Kind
		seen[kind] = true
		for key := range steps.Steps[i].Do {
			if key != string(kind) {
				t.Errorf("the fault %s is loaded as %s", key, kind)
			}
		}
		if lane := step.Do.Resolve(s.TTL).Lane(); !strings.HasPrefix(lane, string(kind)+" ") {
			t.Errorf("the fault %s has the lane %q", kind, lane)
		}
		words := step.Do.inWords(s)
		if other, twice := said[words]; twice {
			t.Errorf("%s and %s are said in the same words: %s", kind, other, words)
		}
		said[words] = kind
	}
	for _, kind := range sim.FaultKinds() {
		if !seen[kind] {
			t.Errorf("the script with every kind of fault has no %s", kind)
		}
	}
}

// TestAFaultThatNoScriptCanAskForIsRefused checks that nothing is taken for another fault.
func TestAFaultThatNoScriptCanAskForIsRefused(t *testing.T) {
	s, _, err := strict.Parse("test.yaml", []byte("do: {}"))
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{Source: s, out: &Scenario{TTL: time.Second}}
	if f, err := l.fault(fileDo{}); err == nil || !strings.Contains(err.Error(), "do names no fault") {
		t.Errorf("loaded %+v, %v", f, err)
	}
	defer func() {
		if said := recover(); said == nil || !strings.Contains(fmt.Sprint(said), `no script can ask for the fault "stall"`) {
			t.Errorf("said %v", said)
		}
	}()
	t.Errorf("the fault stall is said as %q", Fault{Bare: sim.Fault{Kind: "stall"}}.inWords(&Scenario{TTL: time.Second}))
}
