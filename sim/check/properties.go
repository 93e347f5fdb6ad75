package check

import (
	"cmp"

	"github.com/locklab/locklab/sim/trace"
)

// Property names a property or a precondition, which a checker judges.
type Property string

// The properties, and the preconditions that must hold for them to mean anything.
const (
	FaultsHappened  Property = "faults-happened"
	RecordingSane   Property = "recording-sane"
	KeptUp          Property = "kept-up"
	Overlap         Property = "overlap"
	OverlapValid    Property = "overlap-valid"
	WorkOverlap     Property = "work-overlap"
	LostUpdate      Property = "lost-update"
	StaleWrite      Property = "stale-write"
	DuplicateEffect Property = "duplicate-effect"
	TokenOrder      Property = "token-order"
	FreshRefused    Property = "fresh-refused"
	ForeignRelease  Property = "foreign-release"
	Availability    Property = "availability"
)

// rows is the table of properties, and the only list of them: first the preconditions, then the
// others, each in the order of reports.
var rows = []Row{
	{
		Property: FaultsHappened, check: faultsHappened,
		Harms: TheTrial, Gravity: 20, Mark: AtEvent,
		Means: "a fault of the script was not applied and proven",
	}, {
		Property: RecordingSane, check: recordingSane,
		Harms: TheTrial, Gravity: 10, Mark: AtEvent,
		Means: "the history contradicts itself, or a live service did something that no client of the trial asked for",
	}, {
		Property: KeptUp, check: keptUp,
		Harms: TheTrial, Gravity: 30, Mark: AtEvent,
		Means: "the machine was too slow for a live trial",
	}, {
		Property: Overlap, check: overlap, spells: (*trace.Trace).HeldUntilTold,
		Harms: TheLock, Gravity: 110, Mark: WhileBelieved, Always: true,
		Column:    "overlap",
		Violation: "two clients believe they hold the lock",
		Means:     "two clients believe they hold the lock at once",
	}, {
		Property: OverlapValid, check: overlapValid, spells: (*trace.Trace).HeldWhileValid,
		Harms: TheLock, Gravity: 100, Mark: WhileBelieved, Always: true,
		Column: "valid", Brief: "both within their own deadlines",
		Violation: "two clients hold it within their own deadlines",
		Means:     "like overlap, but each belief ends at the deadline that the client itself computes",
	}, {
		Property: WorkOverlap, check: workOverlap, spells: (*trace.Trace).AtWork,
		Harms: TheWork, Gravity: 120, Mark: WhileAtWork, Always: true, Echoes: Overlap,
		Column: "work", Brief: "two clients work under the lock",
		Violation: "two clients work under the lock at once",
		Means:     "two clients work under the lock at once, each between its grant and its last write or release, whether or not it was told that the lock is lost",
	}, {
		Property: LostUpdate, check: lostUpdate,
		Harms: TheAccount, Gravity: 40, Mark: AtEvent, Always: true, Unsaved: true,
		Column: "lost", Brief: "an acknowledged write is lost",
		Violation: "an acknowledged write is overwritten",
		Means:     "an acknowledged withdrawal is missing from the balance",
	}, {
		Property: StaleWrite, check: staleWrite,
		Harms: TheLock, Gravity: 60, Mark: AtEvent, Always: true,
		Column: "stale", Brief: "a superseded holder wrote",
		Violation: "a superseded holder's write is accepted",
		Means:     "the account accepted a write from a superseded holder",
	}, {
		Property: DuplicateEffect, check: duplicateEffect,
		Harms: TheAccount, Gravity: 50, Mark: AtEvent, Unsaved: true, Quiet: true,
		Column:    "twice",
		Violation: "an effect is applied twice",
		Means:     "one withdrawal, or the charge for one job, was applied twice",
	}, {
		Property: TokenOrder, check: tokenOrder,
		Harms: TheLock, Gravity: 80, Mark: AtEvent, Unsaved: true,
		Column:    "token",
		Violation: "tokens repeat or decrease",
		Means:     "fencing tokens repeat or decrease",
	}, {
		Property: FreshRefused, check: freshRefused,
		Harms: TheService, Gravity: 70, Mark: AtEvent, Unsaved: true,
		Column:    "fresh",
		Violation: "the rightful holder is refused",
		Means:     "the guard refused the rightful holder",
	}, {
		Property: ForeignRelease, check: foreignRelease,
		Harms: TheLock, Gravity: 90, Mark: AtEvent, Quiet: true,
		Column:    "freed",
		Violation: "another client frees the lock",
		Means:     "the lock service freed the lock at the request of a client that did not hold it",
	}, {
		Property: Availability, check: availability,
		Harms: TheService, Gravity: 130, Mark: WhileWaiting, Always: true, Quiet: true,
		Column:    "avail",
		Violation: "a client does not get the lock",
		Means:     "a client that asked for the lock gave up or waited longer than three leases; to bound the wait in seconds, use measures: {wait: [0s, 60s]}",
	},
}

// Row holds everything that locklab knows about one property: its checker, what a violation
// harms, how pictures mark it, and how to say it in English.
type Row struct {
	Property Property
	check    Checker
	spells   func(*trace.Trace) ([]trace.Spell, error) // no two clients' may overlap; nil if it is not about that

	Harms   Harm
	Gravity int  // lower is told first: why the trial means nothing, then what it cost, then how it came about
	Mark    Mark // how pictures mark a violation
	// Always is set if every trial should be able to decide the property. A trial that cannot
	// decide it says so above its picture.
	Always bool
	// Unsaved is set if a violation means that no refusal by the guard saved the account: the
	// harm was done anyway, or the guard refused, or may have refused, the client that was in
	// the right.
	Unsaved bool

	Quiet  bool     // no column if nothing is expected of it and it was never violated
	Echoes Property // no column if nothing is expected of it and it agrees with the property named here in every cell

	Column    string // the title of its column
	Brief     string // short enough for the key below a table; empty if Violation fits there
	Violation string // what an onlooker sees happen when it is violated
	Means     string // what the checker calls a violation, for scripts and documents
}

// Harm is what a violation harms.
type Harm int8

// What a violation can harm. A stale write by itself does not harm the account: one that does
// also loses an update, and one that a guard such as cas accepts was computed from the balance
// that it replaces.
const (
	_          Harm = iota
	TheAccount      // money is lost, or taken twice
	TheLock         // two clients had the lock at once, or one acted as if it held the lock and did not
	TheWork         // two clients worked at once; not the lock's fault: an attentive client would have stopped
	TheService      // safe, but a client that was in the right was not served
	TheTrial        // the trial means nothing: a precondition, which is never violated, only undecided
)

// Mark is how pictures show where a property was violated.
type Mark int8

// The marks.
const (
	_             Mark = iota
	AtEvent            // at an event of the evidence
	WhileBelieved      // over the time in which two clients' beliefs overlap
	WhileAtWork        // over the time in which two clients were at work; a client without a belief has no bar
	WhileWaiting       // where a client's wait became too long
)

// TwoAtOnce reports whether the mark is about what two clients believed or did at the same time.
func (m Mark) TwoAtOnce() bool { return m == WhileBelieved || m == WhileAtWork }

// byName finds the row of a property. Files of results hold millions of findings, and each one
// is looked up here.
var byName = func() map[Property]*Row {
	all := map[Property]*Row{}
	for i := range rows {
		all[rows[i].Property] = &rows[i]
	}
	return all
}()

// Known reports whether there is such a property or precondition.
func (p Property) Known() bool { return byName[p] != nil }

// Row returns the row of the property, or an empty one if there is no such property.
func (p Property) Row() Row {
	if row := byName[p]; row != nil {
		return *row
	}
	return Row{}
}

// Properties lists the properties that a scenario may expect, in the order of reports.
func Properties() []Property {
	return which(func(r Row) bool { return r.Harms != TheTrial })
}

// Preconditions lists what must hold for the properties to mean anything.
func Preconditions() []Property {
	return which(func(r Row) bool { return r.Harms == TheTrial })
}

// Harming lists the properties whose violation does this harm, in the order of reports.
func Harming(what Harm) []Property {
	return which(func(r Row) bool { return r.Harms == what })
}

// ByGravity compares two properties for sorting. The one that is told first is less.
func ByGravity(a, b Property) int { return cmp.Compare(a.Row().Gravity, b.Row().Gravity) }

func which(are func(Row) bool) (all []Property) {
	for _, r := range rows {
		if are(r) {
			all = append(all, r.Property)
		}
	}
	return all
}
