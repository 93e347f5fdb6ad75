package check

import (
	"cmp"

	"github.com/locklab/locklab/sim/trace"
)

// Property names what is judged.
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

// rows is the table of properties: first the preconditions, then the others, each in the
// order of reports. Nothing else lists them.
var rows = []Row{
	{
		Property: FaultsHappened, check: faultsHappened,
		Harms: TheTrial, Gravity: 20, Mark: AtEvent,
		Means: "a fault of the script was not applied and proven",
	}, {
		Property: RecordingSane, check: recordingSane,
		Harms: TheTrial, Gravity: 10, Mark: AtEvent,
		Means: "the history cannot be what happened, or a live service did something for nobody in the trial",
	}, {
		Property: KeptUp, check: keptUp,
		Harms: TheTrial, Gravity: 30, Mark: AtEvent,
		Means: "the machine was too slow for a live trial",
	}, {
		Property: Overlap, check: overlap, stretches: untilToldOf,
		Harms: TheLock, Gravity: 110, Mark: WhileBelieved, Always: true,
		Column:    "overlap",
		Violation: "two clients believe they hold the lock",
		Means:     "two clients believe they hold the lock at once",
	}, {
		Property: OverlapValid, check: overlapValid, stretches: whileValidOf,
		Harms: TheLock, Gravity: 100, Mark: WhileBelieved, Always: true,
		Column: "valid", Brief: "both within their own deadlines",
		Violation: "two clients hold it within their own deadlines",
		Means:     "the same, where each belief ends at the deadline that the client itself computes",
	}, {
		Property: WorkOverlap, check: workOverlap, stretches: atWorkOf,
		Harms: TheWork, Gravity: 120, Mark: WhileAtWork, Always: true, Echoes: Overlap,
		Column: "work", Brief: "two clients work under the lock",
		Violation: "two clients work under the lock at once",
		Means:     "two clients are at work under the lock at once, each between a grant and its last write or its release, told or not",
	}, {
		Property: LostUpdate, check: lostUpdate,
		Harms: TheAccount, Gravity: 40, Mark: AtEvent, Always: true, Unsaved: true,
		Column: "lost", Brief: "an acknowledged write is gone",
		Violation: "an acknowledged write is overwritten",
		Means:     "an acknowledged withdrawal is missing from the balance",
	}, {
		Property: StaleWrite, check: staleWrite,
		Harms: TheLock, Gravity: 60, Mark: AtEvent, Always: true,
		Column: "stale", Brief: "a superseded holder wrote",
		Violation: "a superseded holder's write is accepted",
		Means:     "the account took a write from a holder who had been superseded",
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
		Violation: "tokens repeat or go back",
		Means:     "fencing tokens repeat or go back",
	}, {
		Property: FreshRefused, check: freshRefused,
		Harms: TheService, Gravity: 70, Mark: AtEvent, Unsaved: true,
		Column:    "fresh",
		Violation: "the rightful holder is refused",
		Means:     "the guard refused the rightful holder",
	}, {
		Property: ForeignRelease, check: foreignRelease,
		Harms: TheLock, Gravity: 90, Mark: AtEvent, Quiet: true,
		Column: "freed", Brief: "freed by who did not hold it",
		Violation: "the lock is freed by somebody else",
		Means:     "the lock service freed the lock at the request of a client that did not hold it",
	}, {
		Property: Availability, check: availability,
		Harms: TheService, Gravity: 130, Mark: WhileWaiting, Always: true, Quiet: true,
		Column:    "avail",
		Violation: "a client does not get the lock",
		Means:     "a client that asked for the lock gave up, or waited longer than three leases, however long these are; measures: {wait: [0s, 60s]} bounds the seconds",
	},
}

// Row is all that locklab knows of one property: who judges it, what a violation comes to, how
// pictures mark it, and how it is said in English.
type Row struct {
	Property  Property
	check     Checker
	stretches func(*trace.Trace) ([]stretch, error) // of which no two may be at once; nil: it is not about that

	Harms   Harm
	Gravity int  // what is told first has less: why the trial means nothing, what it cost, how it came about
	Mark    Mark // how pictures mark a violation
	// Always says that every trial tells something of it, so that one that does not is worth
	// a word above its picture.
	Always bool
	// Unsaved says that no refusal by the guard has saved the account where it is violated:
	// harm was done all the same, or the guard refused who was in the right, or may have.
	Unsaved bool

	Quiet  bool     // no column where nothing is expected of it and it was never violated
	Echoes Property // no column where nothing is expected of it and it came out as that one, cell by cell

	Column    string // the title of its column
	Brief     string // what the key below a table has room for; empty: Violation fits
	Violation string // what happens where it is violated, as somebody sees it who watches
	Means     string // what the judge calls a violation, as scripts and documents are told
}

// Harm is what a violation does harm to.
type Harm int8

// What a violation can do harm to. A stale write by itself is no harm to the account: one that
// does harm loses an update, and one that a guard such as cas lets pass was computed from the
// balance that it replaces.
const (
	_          Harm = iota
	TheAccount      // money is lost, or taken twice
	TheLock         // two had the lock at once, or who did not hold it acted as if
	TheWork         // two worked at once; an attentive client does not work on, so the lock is not to blame
	TheService      // safe, but who was in the right was not served
	TheTrial        // it means nothing: a precondition, which is never violated but undecided
)

// Mark is how pictures mark where a property was violated.
type Mark int8

// The marks.
const (
	_             Mark = iota
	AtEvent            // at an event of the evidence
	WhileBelieved      // over the time in which the beliefs of two lie above each other
	WhileAtWork        // over the time in which two were at work; who believes in nothing has no bar
	WhileWaiting       // where the wait of a client became too long
)

// TwoAtOnce tells whether it is about what two clients believed or did at the same time.
func (m Mark) TwoAtOnce() bool { return m == WhileBelieved || m == WhileAtWork }

// byName finds rows. Files of results have millions of findings, and each is looked up here.
var byName = func() map[Property]*Row {
	all := map[Property]*Row{}
	for i := range rows {
		all[rows[i].Property] = &rows[i]
	}
	return all
}()

// Known tells whether there is such a property or precondition.
func (p Property) Known() bool { return byName[p] != nil }

// Row gives the row of the property; an empty one if there is no such property.
func (p Property) Row() Row {
	if row := byName[p]; row != nil {
		return *row
	}
	return Row{}
}

// Properties lists those that a scenario may expect, in the order of reports.
func Properties() []Property {
	return which(func(r Row) bool { return r.Harms != TheTrial })
}

// Preconditions lists those that must hold for the others to mean anything.
func Preconditions() []Property {
	return which(func(r Row) bool { return r.Harms == TheTrial })
}

// Harming lists the properties whose violation does harm to this, in the order of reports.
func Harming(what Harm) []Property {
	return which(func(r Row) bool { return r.Harms == what })
}

// ByGravity compares two properties, to sort them: what is told first is less.
func ByGravity(a, b Property) int { return cmp.Compare(a.Row().Gravity, b.Row().Gravity) }

func which(are func(Row) bool) (all []Property) {
	for _, r := range rows {
		if are(r) {
			all = append(all, r.Property)
		}
	}
	return all
}
