package margin

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
)

// Derived is the size at which a harm begins, as derived on paper for a set-up. Where chance is in it,
// such as how soon the next client asks again, it lies between Least and Most.
type Derived struct {
	Never     bool    `json:"never,omitempty"`  // no size does the harm
	Chance    bool    `json:"chance,omitempty"` // any size may, with a probability; there is no least
	Least     float64 `json:"least"`
	Most      float64 `json:"most"`
	Condition string  `json:"condition"` // as a formula
	Because   string  `json:"because"`
}

// Agreement says whether a margin is as derived.
type Agreement string

// What a derivation and a measurement can have to do with each other.
const (
	Agrees     Agreement = "agrees"
	Differs    Agreement = "differs"
	NotDerived Agreement = "no condition derived"
	ByChance   Agreement = "a matter of chance"
	CannotTell Agreement = "undecided"
)

// compare says whether a measured margin is as derived, within one step of the bisection.
func (m Margin) compare(step float64) (a Agreement) {
	const hair = 1e-9
	switch d := m.Derived; {
	case d == nil:
		return NotDerived
	case m.Unknown:
		return CannotTell
	case d.Chance:
		return ByChance
	case m.With == nil:
		if d.Never || d.Most > m.Bound-step-hair {
			return Agrees
		}
		return Differs
	case d.Never:
		return Differs
	case *m.With < d.Least-step-hair:
		return Differs
	case m.Without != nil && *m.Without > d.Most+step+hair:
		return Differs
	}
	return Agrees
}

// Off returns by how much a margin differs from the derived size; 0 if it agrees or if one of the two
// is that there is none.
func (m Margin) Off() float64 {
	switch d := m.Derived; {
	case m.Agreement != Differs || d.Never || m.With == nil:
		return 0
	case *m.With < d.Least:
		return *m.With - d.Least
	case m.Without != nil:
		return *m.Without - d.Most
	}
	return 0
}

// condition is a row of the file of conditions.
type condition struct {
	backends    []backends.Spec
	sets        []string
	guards      []string
	disciplines []string
	harms       []Harm
	least, most formula
	because     string
}

// matches reports whether the row speaks of a set-up, and how closely it names it: by set, by name, by
// options; one more for a guard.
func (c condition) matches(spec backends.Spec, s Setup, h Harm) (precision int, does bool) {
	if !slices.Contains(c.harms, h) ||
		len(c.guards) > 0 && !slices.Contains(c.guards, s.Guard) ||
		!slices.Contains(c.disciplines, s.Discipline) {
		return 0, false
	}
	for _, each := range c.backends {
		if each.Covers(spec) {
			precision = max(precision, 4+4*each.Precision())
		}
	}
	if precision == 0 && slices.ContainsFunc(c.sets, func(name string) bool { return services.Covers(name, spec) }) {
		precision = 3
	}
	if precision == 0 && len(c.backends)+len(c.sets) > 0 {
		return 0, false
	}
	return precision + min(1, len(c.guards)), true
}

// derive returns what was derived for a harm; nil if nothing was. The most precise row wins, and of
// equally precise ones the first. All of them take for granted that the work fits the lease.
func derive(rows []condition, spec backends.Spec, s Setup, h Harm, fault *script.Scenario) (*Derived, error) {
	best, at := -1, -1
	for i, row := range rows {
		if p, does := row.matches(spec, s, h); does && p > best {
			best, at = p, i
		}
	}
	if at < 0 {
		return nil, nil
	}
	row := rows[at]
	if row.least.text == chance {
		return &Derived{Chance: true, Condition: chance, Because: row.because}, nil
	}
	given, err := givenIn(spec, s, fault)
	if err != nil || given["left"] <= 0 {
		return nil, err
	}
	least, err := row.least.value(given)
	if err != nil {
		return nil, err
	}
	most, err := row.most.value(given)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(least) || math.IsNaN(most) { // nobody has worked it out
		return nil, nil
	}
	unit := amount.Unit("")
	if fault.Size != nil {
		unit = fault.Size.Unit
	}
	d := &Derived{Condition: row.inWords(), Because: row.because}
	if d.Never = math.IsInf(least, 1); !d.Never {
		d.Least, d.Most = max(0, ofSeconds(unit, least, s.TTL)), max(0, ofSeconds(unit, max(least, most), s.TTL))
	}
	return d, nil
}

// inWords is the condition as a formula.
func (c condition) inWords() string {
	if c.least.text == c.most.text || c.least.text == never {
		return c.least.text
	}
	if more, is := strings.CutPrefix(c.most.text, c.least.text+" + "); is {
		return c.least.text + " + up to " + more
	}
	return c.least.text + " to " + c.most.text
}

// namesFor lists the names that formulas about a lock service may have: the lease, the work, what is
// left of the lease when the work is done, how long a client may wait, how much later the second client
// begins, and the options that are numbers or lengths of time.
func namesFor(spec backends.Spec) []string {
	names := []string{"ttl", "think", "left", "patience", "stagger", never, open}
	for _, o := range spec.Backend.Options() {
		if o.Kind == backends.Duration || o.Kind == backends.Int {
			names = append(names, nameOf(o))
		}
	}
	return names
}

// nameOf is the name of an option in formulas, where a hyphen would be a minus.
func nameOf(o backends.Option) string { return strings.ReplaceAll(o.Name, "-", "_") }

// givenIn returns what these names stand for, lengths of time in seconds.
func givenIn(spec backends.Spec, s Setup, fault *script.Scenario) (map[string]float64, error) {
	settings, err := spec.Settings(s.TTL, false)
	if err != nil {
		return nil, err
	}
	given := map[string]float64{
		"ttl": s.TTL.Seconds(), "think": s.Think.Seconds(), "left": left(spec, settings, s).Seconds(),
		"patience": Patience(s).Seconds(), "stagger": fault.Workload.Stagger.In(s.TTL).Seconds(), never: math.Inf(1), open: math.NaN(),
	}
	for _, o := range spec.Backend.Options() {
		switch o.Kind {
		case backends.Duration:
			given[nameOf(o)] = settings.Span(o.Name).Seconds()
		case backends.Int:
			given[nameOf(o)] = float64(settings.Int(o.Name))
		case backends.Switch, backends.Choice: // rows name these
		}
	}
	if n, has := given["nodes"]; has && given["quorum"] == 0 {
		given["quorum"] = math.Floor(n/2) + 1
	}
	return given, nil
}

// left is how much of a lease is left when the work is done, which began with the lease. A lease that
// is renewed begins anew after each third of it.
func left(spec backends.Spec, settings backends.Settings, s Setup) time.Duration {
	if backends.Renews(spec.Backend, settings) {
		return s.TTL - s.Think%(s.TTL/3)
	}
	return s.TTL - s.Think
}

// checkNames makes sure that a formula names only what is known.
func checkNames(f formula, known []string) error {
	for _, name := range f.names() {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%q names %s, expected %s", f.text, name, strings.Join(known, ", "))
		}
	}
	return nil
}
