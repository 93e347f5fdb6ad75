// Package script is the format of scenarios: what a script can say, its loader, what it expects of its
// cells, and its description in words.
//
// A script is checked completely before anything runs. Every name in what Load returns is resolved,
// so whoever runs it never meets an unknown host, event, backend or guard.
package script

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Scenario is a script, checked and resolved.
type Scenario struct {
	File     string        // where it was read from
	Digest   string        // of the file's contents
	Builtin  bool          // comes with locklab
	Battery  bool          // is part of the battery, which runs every lock service in the same way
	Name     string        // what the command line calls it: "gc-pause"
	Title    string        // one line
	Text     string        // a paragraph for the reader
	Claims   []string      // the claims of the debate that it tests, such as "K4"
	TTL      time.Duration // the lease in the virtual world; spans in units of ttl refer to it
	LiveTTL  time.Duration // the lease in the live world
	Clients  int           // 1 … 100, hosts client-1 … client-N
	Workload Workload
	Own      []OwnClient     // how single clients differ, in the order of the file
	Lock     []LockOption    // for every backend that has the option and does not set it itself
	Backends []string        // specs as backends.Spec writes them; never empty
	specs    []backends.Spec // the same, with the lock options
	sets     []string        // the sets that Backends or Expect were written with, each once
	Guards   []string        // never empty
	// Inside means the lock service keeps the account; otherwise the account has its own host.
	Inside bool
	Size   *Size         // how large the fault is; nil if the file does not say
	Steps  []Step        // faults, in the order of the file
	Until  sim.Span      // how long a trial lasts
	Expect []Expectation // in the order of the file; no two contradict each other
	// Misfits are lock services that the script makes no sense with, besides those with which it
	// cannot be run anyway.
	Misfits []Misfit
	// VirtualOnly says why the script cannot be run with real processes; empty if it can.
	VirtualOnly string
	written     *written // to read it again with another size; nil without Size
}

// Workload is what every client does, each time under the lock unless the kind is Add.
type Workload struct {
	Kind    workload.Kind
	Times   int      // withdrawals or elements per client, or jobs in all, one after the other; at least 1
	Think   sim.Span // work between the read and the write or charge, or before each element
	Stagger sim.Span // each client but the first starts this long after the previous one
	Every   sim.Span // from the start of one to the start of the next; 0: one right after the other
	Wait    sim.Span // how long one acquire may wait for the lock
	// ThinkAtLeast and StaggerAtLeast are set where these lengths are drawn: uniformly from
	// ThinkAtLeast to Think, anew for each withdrawal or job, and from StaggerAtLeast to Stagger,
	// once for each client.
	ThinkAtLeast, StaggerAtLeast *sim.Span
	// Disciplines are the ways clients treat what they know of their lock. Within a trial all
	// clients have the same one. Never empty.
	Disciplines []Discipline
}

// LockOption is an option of the lock, applied to every backend of a scenario that has it.
type LockOption struct{ Name, Value string }

// Step is a fault and when it happens: on an event, or at a point in time.
type Step struct {
	On    *On       // nil: At says when
	At    *sim.Span // since the start of the trial; nil: On says when
	After sim.Span  // how long after the event
	Every *sim.Span // repeats after this long; nil: happens once
	Times int       // how often in total, when Every is set; 0: until the end
	Do    Fault
}

// On is the Nth event of a kind on a host.
type On struct {
	Host  sim.HostID
	Event sim.Kind
	Nth   int // 1: the first
}

// Chance is a property that is violated in some trials of a cell and holds in others.
type Chance struct {
	Property check.Property
	Share    *bound.Share // in how many of them; nil: in at least one
}

// Expectation is one row of what theory predicts, for some cells.
type Expectation struct {
	Backends    []backends.Spec // each stands for all specs that it covers; empty, as are Sets: every backend of the scenario
	Sets        []string        // each stands for all services in it
	Guards      []string        // empty: every guard of the scenario
	Disciplines []string        // as Discipline.String writes them; empty: every one of the scenario
	Verdicts    []PropertyValue // in the order of check.Properties
	// Sometimes lists properties that chance decides: violated in some trials of a cell, holding in
	// others.
	Sometimes []Chance
	Ranges    []bound.Range // of what is measured; at least one of the three lists is not empty
	Because   string        // one sentence
}

// PropertyValue is the verdict expected for a property.
type PropertyValue struct {
	Property check.Property
	Verdict  check.Verdict // Holds or Violated
}

// Expected is what a scenario expects of one property in one cell, and why.
type Expected struct {
	Property check.Property `json:"property"`
	Verdict  check.Verdict  `json:"verdict"`
	Because  string         `json:"because"`
	// Sometimes means that chance decides: the property is violated in some trials of a cell, not
	// all.
	Sometimes bool         `json:"sometimes,omitempty"`
	Share     *bound.Share `json:"share,omitempty"` // with Sometimes: in what share of them; nil: at least one
}

// ExpectedRange is what a scenario expects of one measure in one cell, and why.
type ExpectedRange struct {
	bound.Range
	Because string
}

// UserFile returns the file that a user's own scenario was read from; empty for a built-in one.
func (s *Scenario) UserFile() string {
	if s.Builtin {
		return ""
	}
	return s.File
}

// Faults lists the kinds of fault that the script does, each once, in the order of the script.
func (s *Scenario) Faults() (kinds []sim.FaultKind) {
	for _, step := range s.Steps {
		if kind := step.Do.Bare.Kind; !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
