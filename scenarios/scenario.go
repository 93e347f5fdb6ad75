// Package scenarios holds the scripts that locklab runs, and what runs them: the YAML
// format and its loader, the trial, the suite.
//
// A script is checked completely before anything runs. What Load returns has every name
// resolved, so the runner never meets an unknown host, event, backend or guard.
package scenarios

import (
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Scenario is a script, checked and resolved.
type Scenario struct {
	File     string // where it was read from
	builtin  bool
	Name     string        // what the command line calls it: "gc-pause"
	Title    string        // one line
	Text     string        // a paragraph for the reader
	Claims   []string      // the claims of the debate that it tests: "K4"
	TTL      time.Duration // the lease in the virtual world; spans in units of ttl refer to it
	Clients  int           // 1 … 100, hosts client-1 … client-N
	Workload Withdraw
	Lock     []LockOption  // for every backend that has the option and does not set it itself
	Backends []string      // specs as backends.Spec writes them; never empty
	Guards   []string      // never empty
	Steps    []Step        // faults, in the order of the file
	Until    sim.Span      // how long a trial lasts
	Expect   []Expectation // in the order of the file; no two contradict each other
}

// Withdraw is a workload: take the lock, read the balance, work, write the balance,
// give the lock back. Written as a read and a write, because that is what loses updates.
type Withdraw struct {
	Times   int      // withdrawals a client makes, one after the other; at least 1
	Think   sim.Span // work between the read and the write
	Stagger sim.Span // client i starts (i-1) × Stagger after client 1
	Wait    sim.Span // how long one acquire may wait for the lock
	Check   bool     // look at the deadline just before the write, and give up if it has passed
}

// LockOption is an option of the lock, for all backends of a scenario that have it.
type LockOption struct{ Name, Value string }

// Step is a fault and when it happens: on an event, or at a point of time.
type Step struct {
	On    *On       // nil: At says when
	At    *sim.Span // since the start of the trial; nil: On says when
	After sim.Span  // how long after the event
	Do    Fault
}

// On is the Nth event of a kind on a host.
type On struct {
	Host  sim.HostID
	Event sim.Kind
	Nth   int // 1: the first
}

// Fault is what is done to a host, and for how long.
type Fault struct {
	Kind sim.FaultKind
	Host sim.HostID
	For  sim.Span
}

// Resolve gives the step under a lease, as the director takes it.
func (s Step) Resolve(ttl time.Duration) sim.Step {
	step := sim.Step{Do: sim.Fault{Kind: s.Do.Kind, Host: s.Do.Host, For: s.Do.For.In(ttl)}}
	if s.On == nil {
		step.When.After = s.At.In(ttl)
		return step
	}
	step.When = sim.Trigger{Host: s.On.Host, Kind: s.On.Event, Nth: s.On.Nth, After: s.After.In(ttl)}
	return step
}

// Expectation is a row of what theory says will come out, for some cells.
type Expectation struct {
	Backends []string        // specs; empty: every backend of the scenario
	Guards   []string        // empty: every guard of the scenario
	Verdicts []PropertyValue // in the order of check.Properties, at least one
	Because  string          // one sentence
}

// PropertyValue is the verdict that is expected of a property.
type PropertyValue struct {
	Property check.Property
	Verdict  check.Verdict // Holds or Violated
}

// Expected is what a scenario expects of one property in one cell, and why.
type Expected struct {
	Property check.Property
	Verdict  check.Verdict
	Because  string
}

// UserFile is the file that a user's own scenario was read from; empty for a built-in one.
func (s *Scenario) UserFile() string {
	if s.builtin {
		return ""
	}
	return s.File
}
