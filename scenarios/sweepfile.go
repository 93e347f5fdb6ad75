package scenarios

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// The types in this file are the format of sweeps. Like scenario files, sweeps are read strictly,
// with a place for every error.

type fileSweep struct {
	place     `yaml:"-"`
	Sweep     word            `yaml:"sweep" doc:"the sweep's name on the command line, in lower-case letters, digits and hyphens"`
	Title     word            `yaml:"title" doc:"the finding, in one sentence"`
	Claims    words           `yaml:"claims,omitempty" doc:"the claims of the debate that the sweep tests, such as K4"`
	Text      word            `yaml:"text" doc:"a paragraph for the reader: what is shown, and how the conditions are derived"`
	Parameter fileParameter   `yaml:"parameter" doc:"the number that changes; it takes the place of $x in the script"`
	Script    fileSweepScript `yaml:"script" doc:"a scenario without what the sweep itself says, and with $x in it; or {scenario: gc-pause, set: {steps.1.do.pause.for: $x}}"`
	Guard     word            `yaml:"guard" doc:"the guard at the account, for all lines that name no other"`
	Property  word            `yaml:"property" doc:"the property whose violations are counted, such as lost-update"`
	Lines     []fileSweepLine `yaml:"lines" doc:"the lines of the chart, each with the condition that was derived for it"`
}

type fileParameter struct {
	place  `yaml:"-"`
	Name   word  `yaml:"name" doc:"what it is, such as pause of client 1"`
	Unit   word  `yaml:"unit" doc:"ttl, s, ms, percent (of a clock that is too fast) or hosts"`
	Values reals `yaml:"values,omitempty" doc:"the values, in ascending order"`
	From   real  `yaml:"from,omitempty" doc:"the first value, instead of values"`
	To     real  `yaml:"to,omitempty" doc:"the last value"`
	Step   real  `yaml:"step,omitempty" doc:"from one value to the next"`
	Of     words `yaml:"of,omitempty" doc:"with hosts: the hosts of which the first, the first two and so on are taken"`
	Within real  `yaml:"within,omitempty" doc:"how far beside the derived place the property may turn; the smallest step between two values if left out, none with hosts"`
}

// fileSweepScript is the part of a scenario that a sweep runs, or names the scenario.
type fileSweepScript struct {
	place    `yaml:"-"`
	base     fileSweepBase `yaml:"-"`
	TTL      span          `yaml:"ttl" doc:"the lease"`
	Clients  number        `yaml:"clients" doc:"how many clients there are"`
	Workload fileWorkload  `yaml:"workload" doc:"what every client does"`
	Client   fileClients   `yaml:"client,omitempty" doc:"what single clients have otherwise than the others, by number"`
	Lock     options       `yaml:"lock,omitempty" doc:"options of the lock, for every line that has them and does not set them itself"`
	Steps    []fileStep    `yaml:"steps,omitempty" doc:"the faults, and when each of them happens; a fault of nothing is left out"`
	Until    span          `yaml:"until" doc:"how long a trial lasts"`
}

type fileSweepLine struct {
	place      `yaml:"-"`
	Backend    word            `yaml:"backend" doc:"a lock service with options, such as redis+renew"`
	Guard      word            `yaml:"guard,omitempty" doc:"the guard at the account, if it is another than the sweep's"`
	Discipline fileDisciplines `yaml:"discipline,omitempty" doc:"the discipline of the clients, if it is another than the script's"`
	Name       word            `yaml:"name,omitempty" doc:"what the chart calls the line; backend and guard if left out"`
	Steps      []fileStep      `yaml:"steps,omitempty" doc:"faults of this line only, before those of the script"`
	Violated   fileTurns       `yaml:"violated,omitempty" doc:"where the property is violated: never, always, or {from: 3}, {to: 3}, {from: 1, to: 3}"`
	Chance     fileCurve       `yaml:"chance,omitempty" doc:"instead of violated, the share of trials in which it is, as [value, share] pairs joined by straight lines"`
	Condition  word            `yaml:"condition" doc:"the same as a formula, such as pause > TTL − think time"`
	Because    word            `yaml:"because" doc:"the derivation, in one sentence"`
}

func (*fileSweepLine) noun() string { return "this line" }

// real is a decimal number, which may be negative.
type real struct {
	place
	value float64
}

func (r *real) read(s *source, name string, n ast.Node) error {
	r.place = at(n)
	text, ok := plain(n)
	if !ok {
		return s.wrongType(name, n, "a number")
	}
	bare := strings.TrimPrefix(text, "-")
	rat, ok := decimal(bare)
	if !ok {
		return s.fail(r.place, name+" is "+quoted(text), "a number such as 0.5", "")
	}
	r.value, _ = rat.Float64()
	if !new(big.Rat).Mul(rat, big.NewRat(1_000_000, 1)).IsInt() || r.value > maxReal {
		return s.fail(r.place, name+" is "+quoted(text), "a number up to a million, with at most six digits after the point", "")
	}
	if bare != text {
		r.value = -r.value
	}
	return nil
}

// maxReal bounds a parameter: it is far beyond anything a lock is run with.
const maxReal = 1e6

// reals is a list of numbers in ascending order.
type reals struct {
	place
	list []real
}

func (r *reals) read(s *source, name string, n ast.Node) error {
	r.place = at(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return s.wrongType(name, n, "a list of numbers")
	}
	for _, item := range list.Values {
		var one real
		if err := one.read(s, "an item of "+name, item); err != nil {
			return err
		}
		if k := len(r.list); k > 0 && one.value <= r.list[k-1].value {
			return s.fail(one.place, name+" are not in ascending order", "each greater than the one before", "")
		}
		r.list = append(r.list, one)
	}
	return nil
}

// fileTurns says where a property turns.
type fileTurns struct {
	place
	level    word // never or always; if given, nothing else is
	from, to real
}

func (f *fileTurns) read(s *source, name string, n ast.Node) error {
	const shape = "never, always, or a mapping with from, to or both"
	f.place = at(n)
	if _, text := n.(*ast.StringNode); text {
		if err := f.level.read(s, name, n); err != nil {
			return err
		}
		if words := []string{"never", "always"}; !slices.Contains(words, f.level.text) {
			return s.fail(f.place, name+" is "+quoted(f.level.text), shape, didYouMean(f.level.text, words))
		}
		return nil
	}
	entries, ok, err := s.entries(n)
	if err != nil {
		return err
	}
	if !ok || len(entries) == 0 {
		return s.wrongType(name, n, shape)
	}
	for _, e := range entries {
		into := map[string]*real{"from": &f.from, "to": &f.to}[e.key.text]
		if into == nil {
			return s.fail(e.key.place, name+" has an unknown key "+quoted(e.key.text), "from or to", didYouMean(e.key.text, []string{"from", "to"}))
		}
		if err := into.read(s, e.key.text, e.value); err != nil {
			return err
		}
	}
	if f.from.given() && f.to.given() && f.from.value >= f.to.value {
		return s.fail(f.to.place, name+" ends before it begins", "a place above from", "")
	}
	return nil
}

// curve returns the derived curve. Hosts come in whole numbers, so "from 3" means that the property
// turns somewhere between 2 and 3.
func (f fileTurns) curve(unit SweepUnit) Derived {
	half := 0.0
	if unit == UnitHosts {
		half = 0.5
	}
	switch f.level.text {
	case "never":
		return levelAt(0)
	case "always":
		return levelAt(1)
	}
	from, to := math.Inf(-1), math.Inf(1)
	if f.from.given() {
		from = f.from.value - half
	}
	if f.to.given() {
		to = f.to.value + half
	}
	return violatedBetween(from, to)
}

// fileCurve is a curve of probabilities.
type fileCurve struct {
	place
	points Derived
}

func (f *fileCurve) read(s *source, name string, n ast.Node) error {
	const shape = "a list of pairs, such as [[0.8, 0], [0.9, 1]]"
	f.place = at(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) < 2 {
		return s.wrongType(name, n, shape)
	}
	for _, item := range list.Values {
		pair, ok := item.(*ast.SequenceNode)
		if !ok || len(pair.Values) != 2 {
			return s.wrongType("an item of "+name, item, "a pair of a value and a share, such as [0.8, 0]")
		}
		var x, p real
		if err := x.read(s, "a value of "+name, pair.Values[0]); err != nil {
			return err
		}
		if err := p.read(s, "a share of "+name, pair.Values[1]); err != nil {
			return err
		}
		if p.value < 0 || p.value > 1 {
			return s.fail(p.place, "a share of "+name+" is "+quoted(pair.Values[1].GetToken().Value), "0 to 1", "")
		}
		if k := len(f.points); k > 0 && x.value < f.points[k-1].X {
			return s.fail(x.place, name+" goes back", "values in ascending order", "")
		}
		f.points = append(f.points, DerivedPoint{x.value, p.value})
	}
	return nil
}
