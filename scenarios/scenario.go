// Package scenarios holds the scripts that locklab runs, and what runs them: the YAML
// format and its loader, the trial, the suite.
//
// A script is checked completely before anything runs. What Load returns has every name
// resolved, so the runner never meets an unknown host, event, backend or guard.
package scenarios

import (
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Scenario is a script, checked and resolved.
type Scenario struct {
	File     string // where it was read from
	Digest   string // of what was read
	builtin  bool
	Name     string        // what the command line calls it: "gc-pause"
	Title    string        // one line
	Text     string        // a paragraph for the reader
	Claims   []string      // the claims of the debate that it tests: "K4"
	TTL      time.Duration // the lease in the virtual world; spans in units of ttl refer to it
	LiveTTL  time.Duration // the lease in the live world
	Clients  int           // 1 … 100, hosts client-1 … client-N
	Workload Workload
	Own      []OwnClient     // what single clients have otherwise, in the order of the file
	Lock     []LockOption    // for every backend that has the option and does not set it itself
	Backends []string        // specs as backends.Spec writes them; never empty
	specs    []backends.Spec // the same, with the lock options
	sets     []string        // that Backends or Expect were written with, each once
	Guards   []string        // never empty
	// Inside has the lock service keep the account; else that is on a host of its own.
	Inside bool
	Steps  []Step        // faults, in the order of the file
	Until  sim.Span      // how long a trial lasts
	Expect []Expectation // in the order of the file; no two contradict each other
	// VirtualOnly says why the script cannot be staged with real processes; empty: it can.
	VirtualOnly string
}

// WorkloadKind says what clients do with the lock in their hands.
type WorkloadKind string

// The workloads.
const (
	// Withdraw: read the balance, work, write the balance. Written as a read and a write,
	// because that is what loses updates.
	Withdraw WorkloadKind = "withdraw"
	// ChargeOnce: look whether a job is done, work, charge the account for it, mark it as
	// done. Every client may pick up every job; two charges for one job are the damage.
	ChargeOnce WorkloadKind = "charge-once"
	// Add: add an element to a set that the lock service keeps. No lock is taken; what is judged is
	// how the service replicates and keeps what it has acknowledged.
	Add WorkloadKind = "add"
)

// Workload is what every client does, each time under the lock unless it is Add.
type Workload struct {
	Kind    WorkloadKind
	Times   int      // withdrawals a client makes, elements it adds, or jobs there are, one after the other; at least 1
	Think   sim.Span // work between the read and the write or charge, or before each element
	Stagger sim.Span // each client but the first starts this much after the one before
	Every   sim.Span // from the beginning of one to that of the next; 0: one right after the other
	Wait    sim.Span // how long one acquire may wait for the lock
	// ThinkAtLeast and StaggerAtLeast are set where these lengths are drawn: evenly from here to
	// Think, for each withdrawal or job anew, and from here to Stagger, for each client.
	ThinkAtLeast, StaggerAtLeast *sim.Span
	// Disciplines are the ways in which clients treat what they know of their lock: in each
	// trial all clients have the same one. Never empty.
	Disciplines []Discipline
}

// LockOption is an option of the lock, for all backends of a scenario that have it.
type LockOption struct{ Name, Value string }

// Step is a fault and when it happens: on an event, or at a point of time.
type Step struct {
	On    *On       // nil: At says when
	At    *sim.Span // since the start of the trial; nil: On says when
	After sim.Span  // how long after the event
	Every *sim.Span // it happens again this much later; nil: it happens once
	Times int       // how often in all, when Every is set; 0: until the end
	Do    Fault
}

// On is the Nth event of a kind on a host.
type On struct {
	Host  sim.HostID
	Event sim.Kind
	Nth   int // 1: the first
}

// Expectation is a row of what theory says will come out, for some cells.
type Expectation struct {
	Backends    []backends.Spec // each speaks of all specs that it covers; empty, as are Sets: every backend of the scenario
	Sets        []string        // each speaks of all services in it
	Guards      []string        // empty: every guard of the scenario
	Disciplines []string        // as Discipline.String writes them; empty: every one of the scenario
	Verdicts    []PropertyValue // in the order of check.Properties
	// Sometimes lists properties that are violated in some trials of a cell and hold in
	// others, because chance decides.
	Sometimes []Chance
	Ranges    []Range // of what is measured; one of the three lists is not empty
	Because   string  // one sentence
}

// PropertyValue is the verdict that is expected of a property.
type PropertyValue struct {
	Property check.Property
	Verdict  check.Verdict // Holds or Violated
}

// Expected is what a scenario expects of one property in one cell, and why.
type Expected struct {
	Property check.Property `json:"property"`
	Verdict  check.Verdict  `json:"verdict"`
	Because  string         `json:"because"`
	// Sometimes is set if it is violated by chance: in some trials of a cell, not in all.
	Sometimes bool   `json:"sometimes,omitempty"`
	Share     *Share `json:"share,omitempty"` // with Sometimes: in how many of them; nil: in one at least
}

// Enough is the number of trials of a cell of which one must be violated where a property
// is expected to be violated sometimes.
const Enough = 20

// ExpectedRange is what a scenario expects of one measure in one cell, and why.
type ExpectedRange struct {
	Range
	Because string
}

// UserFile is the file that a user's own scenario was read from; empty for a built-in one.
func (s *Scenario) UserFile() string {
	if s.builtin {
		return ""
	}
	return s.File
}
