package sweep

import (
	"math"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/amount"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
)

// The types in this file are the format of sweeps. Like scenario files, sweeps are read strictly,
// with a place for every error.

type fileSweep struct {
	strict.Place `yaml:"-"`
	Sweep        strict.Word     `yaml:"sweep" doc:"the sweep's name on the command line, in lower-case letters, digits and hyphens"`
	Title        strict.Word     `yaml:"title" doc:"the finding, in one sentence"`
	Claims       strict.Words    `yaml:"claims,omitempty" doc:"the claims of the debate that the sweep tests, such as K4"`
	Text         strict.Word     `yaml:"text" doc:"a paragraph for the reader: what is shown, and how the conditions are derived"`
	Parameter    fileParameter   `yaml:"parameter" doc:"the number that changes; it takes the place of $x in the script"`
	Script       fileSweepScript `yaml:"script" doc:"a scenario without what the sweep itself says, and with $x in it; or {scenario: gc-pause, set: {steps.1.do.pause.for: $x}}"`
	Guard        strict.Word     `yaml:"guard" doc:"the guard at the account, for all lines that name no other"`
	Property     strict.Word     `yaml:"property" doc:"the property whose violations are counted, such as lost-update"`
	Lines        []fileSweepLine `yaml:"lines" doc:"the lines of the chart, each with the condition that was derived for it"`
}

type fileParameter struct {
	strict.Place `yaml:"-"`
	Name         strict.Word  `yaml:"name" doc:"what it is, such as pause of client 1"`
	Unit         strict.Word  `yaml:"unit" doc:"ttl, s, ms, percent (of a clock that is too fast), percent-slow, probability or hosts"`
	Values       reals        `yaml:"values,omitempty" doc:"the values, in ascending order"`
	From         strict.Real  `yaml:"from,omitempty" doc:"the first value, instead of values"`
	To           strict.Real  `yaml:"to,omitempty" doc:"the last value"`
	Step         strict.Real  `yaml:"step,omitempty" doc:"from one value to the next"`
	Of           strict.Words `yaml:"of,omitempty" doc:"with hosts: the hosts of which the first, the first two and so on are taken"`
	Within       strict.Real  `yaml:"within,omitempty" doc:"how far beside the derived place the property may turn; the smallest step between two values if left out, none with hosts"`
}

// fileSweepScript is the part of a scenario that a sweep runs, or names the scenario.
type fileSweepScript struct {
	strict.Place `yaml:"-"`
	base         fileSweepBase       `yaml:"-"`
	TTL          strict.Span         `yaml:"ttl" doc:"the lease"`
	Clients      strict.Number       `yaml:"clients" doc:"how many clients there are"`
	Workload     script.FileWorkload `yaml:"workload" doc:"what every client does"`
	Client       script.FileClients  `yaml:"client,omitempty" doc:"what single clients have otherwise than the others, by number"`
	Lock         strict.Options      `yaml:"lock,omitempty" doc:"options of the lock, for every line that has them and does not set them itself"`
	Steps        []script.FileStep   `yaml:"steps,omitempty" doc:"the faults, and when each of them happens; a fault of nothing is left out"`
	Until        strict.Span         `yaml:"until" doc:"how long a trial lasts"`
}

type fileSweepLine struct {
	strict.Place `yaml:"-"`
	Backend      strict.Word            `yaml:"backend" doc:"a lock service with options, such as redis+renew"`
	Guard        strict.Word            `yaml:"guard,omitempty" doc:"the guard at the account, if it is another than the sweep's"`
	Discipline   script.FileDisciplines `yaml:"discipline,omitempty" doc:"the discipline of the clients, if it is another than the script's"`
	Name         strict.Word            `yaml:"name,omitempty" doc:"what the chart calls the line; backend and guard if left out"`
	Steps        []script.FileStep      `yaml:"steps,omitempty" doc:"faults of this line only, before those of the script"`
	Violated     fileTurns              `yaml:"violated,omitempty" doc:"where the property is violated: never, always, or {from: 3}, {to: 3}, {from: 1, to: 3}"`
	Chance       fileCurve              `yaml:"chance,omitempty" doc:"instead of violated, the share of trials in which it is, as [value, share] pairs joined by straight lines"`
	Condition    strict.Word            `yaml:"condition" doc:"the same as a formula, such as pause > TTL − think time"`
	Because      strict.Word            `yaml:"because" doc:"the derivation, in one sentence"`
}

func (*fileSweepLine) Noun() string { return "this line" }

// reals is a list of numbers in ascending order.
type reals struct {
	strict.Place
	list []strict.Real
}

func (r *reals) Read(s *strict.Source, name string, n ast.Node) error {
	r.Place = strict.At(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return s.WrongType(name, n, "a list of numbers")
	}
	for _, item := range list.Values {
		var one strict.Real
		if err := one.Read(s, "an item of "+name, item); err != nil {
			return err
		}
		if k := len(r.list); k > 0 && one.Value <= r.list[k-1].Value {
			return s.Fail(one.Place, name+" are not in ascending order", "each greater than the one before", "")
		}
		r.list = append(r.list, one)
	}
	return nil
}

// fileTurns says where a property turns.
type fileTurns struct {
	strict.Place
	level    strict.Word // never or always; if given, nothing else is
	from, to strict.Real
}

func (f *fileTurns) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "never, always, or a mapping with from, to or both"
	f.Place = strict.At(n)
	if _, text := n.(*ast.StringNode); text {
		if err := f.level.Read(s, name, n); err != nil {
			return err
		}
		if words := []string{"never", "always"}; !slices.Contains(words, f.level.Text) {
			return s.Fail(f.Place, name+" is "+strict.Quoted(f.level.Text), shape, strict.DidYouMean(f.level.Text, words))
		}
		return nil
	}
	entries, ok, err := s.Entries(n)
	if err != nil {
		return err
	}
	if !ok || len(entries) == 0 {
		return s.WrongType(name, n, shape)
	}
	for _, e := range entries {
		into := map[string]*strict.Real{"from": &f.from, "to": &f.to}[e.Key.Text]
		if into == nil {
			return s.Fail(e.Key.Place, name+" has an unknown key "+strict.Quoted(e.Key.Text), "from or to", strict.DidYouMean(e.Key.Text, []string{"from", "to"}))
		}
		if err := into.Read(s, e.Key.Text, e.Value); err != nil {
			return err
		}
	}
	if f.from.Given() && f.to.Given() && f.from.Value >= f.to.Value {
		return s.Fail(f.to.Place, name+" ends before it begins", "a place above from", "")
	}
	return nil
}

// curve returns the derived curve. Hosts come in whole numbers, so "from 3" means that the property
// turns somewhere between 2 and 3.
func (f fileTurns) curve(unit amount.Unit) Derived {
	half := 0.0
	if unit == amount.Hosts {
		half = 0.5
	}
	switch f.level.Text {
	case "never":
		return levelAt(0)
	case "always":
		return levelAt(1)
	}
	from, to := math.Inf(-1), math.Inf(1)
	if f.from.Given() {
		from = f.from.Value - half
	}
	if f.to.Given() {
		to = f.to.Value + half
	}
	return violatedBetween(from, to)
}

// fileCurve is a curve of probabilities.
type fileCurve struct {
	strict.Place
	points Derived
}

func (f *fileCurve) Read(s *strict.Source, name string, n ast.Node) error {
	const shape = "a list of pairs, such as [[0.8, 0], [0.9, 1]]"
	f.Place = strict.At(n)
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) < 2 {
		return s.WrongType(name, n, shape)
	}
	for _, item := range list.Values {
		pair, ok := item.(*ast.SequenceNode)
		if !ok || len(pair.Values) != 2 {
			return s.WrongType("an item of "+name, item, "a pair of a value and a share, such as [0.8, 0]")
		}
		var x, p strict.Real
		if err := x.Read(s, "a value of "+name, pair.Values[0]); err != nil {
			return err
		}
		if err := p.Read(s, "a share of "+name, pair.Values[1]); err != nil {
			return err
		}
		if p.Value < 0 || p.Value > 1 {
			return s.Fail(p.Place, "a share of "+name+" is "+strict.Quoted(pair.Values[1].GetToken().Value), "0 to 1", "")
		}
		if k := len(f.points); k > 0 && x.Value < f.points[k-1].X {
			return s.Fail(x.Place, name+" goes back", "values in ascending order", "")
		}
		f.points = append(f.points, DerivedPoint{x.Value, p.Value})
	}
	return nil
}
