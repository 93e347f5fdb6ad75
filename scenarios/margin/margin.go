// Package margin measures how much of a fault a set-up bears: the largest size of the fault without
// a violation and the smallest with one, beside the size that was derived on paper.
package margin

import (
	"time"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim/check"
)

// Setup is what a datasheet is about: a lock service with its options, what the account does, and how
// the clients work.
type Setup struct {
	Backend    string        `json:"backend"` // as backends.Spec writes it
	Guard      string        `json:"guard"`
	Discipline string        `json:"discipline"`
	TTL        time.Duration `json:"ttl"`               // the lease, ns
	Think      time.Duration `json:"think"`             // how long a client works between read and write, ns
	Model      string        `json:"model,omitempty"`   // what stands for a library, which cannot be simulated
	Seeds      outcome.Seeds `json:"seeds"`             // the same at each size
	AsLive     bool          `json:"as-live,omitempty"` // virtual trials have the options of this machine's servers
}

// MostSeeds bounds the seeds of a datasheet: each is run at some thirty sizes of each fault.
const MostSeeds = 1000

// simulated returns the backend that virtual trials run with.
func (s Setup) simulated() string {
	if s.Model != "" {
		return s.Model
	}
	return s.Backend
}

// Harm is what a fault does to a lock and to those who rely on it.
type Harm string

// The harms, in the order of reports.
const (
	Overlap   Harm = "overlap-valid" // two clients hold the lock within their own deadlines
	Damage    Harm = "damage"        // money is lost, or taken twice
	NotServed Harm = "not-served"    // a client does not get its turn within Patience
)

// Harms lists all harms, in the order of reports.
func Harms() []Harm { return []Harm{Overlap, Damage, NotServed} }

// index is the place of a harm in lists that have one entry for each.
func (h Harm) index() int {
	for i, each := range Harms() {
		if each == h {
			return i
		}
	}
	panic("margin: there is no harm " + string(h))
}

// Margin is how much of a fault is borne before it does a harm.
type Margin struct {
	Harm Harm `json:"harm"`
	// Without is the largest size below With at which no trial showed the harm; nil if it shows at
	// the smallest one. With is the smallest size at which some trial did; nil if there is none up
	// to Bound.
	Without *float64 `json:"without"`
	With    *float64 `json:"with"`
	Bound   float64  `json:"bound"` // the largest size that was tried
	// Gap is the smallest size above With at which no trial showed the harm: more is not worse.
	Gap       *float64  `json:"gap,omitempty"`
	Undecided int       `json:"undecided,omitempty"` // trials that could not tell, at Without or, if With is nil, at any size
	Unknown   bool      `json:"unknown,omitempty"`   // no trial could tell
	Always    *float64  `json:"always,omitempty"`    // the smallest size from which every trial shows it, if asked for
	Derived   *Derived  `json:"derived,omitempty"`   // on paper; nil: no condition was derived
	Agreement Agreement `json:"agreement"`
}

// Violated reports whether some size does the harm.
func (m Margin) Violated() bool { return m.With != nil }

// Row is one fault of a datasheet.
type Row struct {
	Fault   string      `json:"fault"` // the scenario's name
	Title   string      `json:"title"`
	Size    string      `json:"size,omitempty"` // what the size is of; empty: the fault has none, and happens or not
	Unit    amount.Unit `json:"unit,omitempty"`
	Step    float64     `json:"step,omitempty"` // what the bisection tells apart
	Calm    bool        `json:"calm,omitempty"` // nothing goes wrong
	Why     string      `json:"why,omitempty"`  // why there are no margins: not applicable, or not available
	Margins []Margin    `json:"margins,omitempty"`
	Changes []Change    `json:"changes,omitempty"` // what helps against a harm of the set-up
	Live    []LiveCheck `json:"live,omitempty"`    // just below and just above margins
}

// Margin returns the margin for a harm, and false if there is none.
func (r Row) Margin(h Harm) (Margin, bool) {
	for _, m := range r.Margins {
		if m.Harm == h {
			return m, true
		}
	}
	return Margin{}, false
}

// Change is something about the set-up that moves a margin.
type Change struct {
	What   string `json:"what"` // "guard cas", "+renew"
	Margin Margin `json:"margin"`
}

// Sheet is the datasheet of one set-up.
type Sheet struct {
	Setup
	Fit  Fit   `json:"fit"`
	Rows []Row `json:"rows"`
}

// Fit is whether the work fits the lock when nothing goes wrong.
type Fit struct {
	Wrote int `json:"wrote"` // withdrawals that were made, in all trials
	Asked int `json:"asked"`
	// Helps lists changes of the set-up with which the work would fit.
	Helps []string `json:"helps,omitempty"`
}

// Fits reports whether every withdrawal was made.
func (f Fit) Fits() bool { return f.Wrote == f.Asked }

// Patience returns how long a client may wait for its turn: three leases, as availability has it, and
// what the holder's work takes beyond the one lease of these that is meant for it.
func Patience(s Setup) time.Duration { return check.Patience(s.TTL) + max(0, s.Think-s.TTL) }
