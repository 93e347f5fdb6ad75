package margin

import (
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
)

// Conditions are the sizes at which harms begin, as derived on paper, by fault.
type Conditions struct{ of map[string][]condition } // only ever looked up

// Builtin loads the conditions that come with the program.
func Builtin(known script.Known, faults []*script.Scenario) (Conditions, error) {
	return Load("margins.yaml", scenarios.MarginsFile(), known, faults)
}

// The types below are the file of conditions. Like scenario files it is read strictly, with a place
// for every error.

type fileMargins struct {
	strict.Place `yaml:"-"`
	Margins      []fileFault `yaml:"margins" doc:"faults of the battery, and when each of them does harm"`
}

type fileFault struct {
	strict.Place `yaml:"-"`
	Fault        strict.Word     `yaml:"fault" doc:"a scenario of the battery"`
	Conditions   []fileCondition `yaml:"conditions" doc:"the conditions, each for some lock services and harms"`
}

type fileCondition struct {
	strict.Place `yaml:"-"`
	Backend      strict.Words `yaml:"backend,omitempty" doc:"the lock services, or sets of them; all if left out"`
	Guard        strict.Words `yaml:"guard,omitempty" doc:"the guards; all if left out"`
	Discipline   strict.Words `yaml:"discipline,omitempty" doc:"the disciplines; attentive if left out"`
	Harm         strict.Words `yaml:"harm" doc:"overlap-valid, damage or not-served"`
	Least        fileFormula  `yaml:"least" doc:"the smallest size that does the harm, as a formula over ttl, think, left and the lock's options, in seconds; or never; or chance if there is no such size, only a probability; or open where it was not worked out"`
	Most         fileFormula  `yaml:"most,omitempty" doc:"the size from which it does it whatever chance decides; least if left out"`
	Because      strict.Word  `yaml:"because" doc:"the derivation in one sentence"`
}

// fileFormula is a formula, which may be no more than a number.
type fileFormula struct{ strict.Word }

// Read reads text or a number.
func (f *fileFormula) Read(s *strict.Source, name string, n ast.Node) error {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		f.Place, f.Text = strict.At(n), n.GetToken().Value
		return nil
	}
	return f.Word.Read(s, name, n)
}

func (*fileFault) Noun() string     { return "this fault" }
func (*fileCondition) Noun() string { return "this condition" }

// Load reads a file of conditions for some faults and checks it completely. file is used in messages
// only.
func Load(file string, src []byte, known script.Known, faults []*script.Scenario) (Conditions, error) {
	out := Conditions{of: map[string][]condition{}}
	s, root, err := strict.Parse(file, src)
	if err != nil {
		return out, err
	}
	var f fileMargins
	if err := s.Decode("the file of conditions", root, reflect.ValueOf(&f).Elem()); err != nil {
		return out, err
	}
	var names []string
	for _, each := range faults {
		names = append(names, each.Name)
	}
	l := loader{Source: s, known: known}
	for _, each := range f.Margins {
		if !slices.Contains(names, each.Fault.Text) {
			return out, s.Fail(each.Fault.Place, "the battery has no fault "+strict.Quoted(each.Fault.Text), strict.Listed(names), strict.DidYouMean(each.Fault.Text, names))
		}
		for _, row := range each.Conditions {
			c, err := l.condition(row)
			if err != nil {
				return out, err
			}
			out.of[each.Fault.Text] = append(out.of[each.Fault.Text], c)
		}
	}
	return out, nil
}

type loader struct {
	*strict.Source
	known script.Known
}

func (l loader) condition(f fileCondition) (c condition, err error) {
	c.because = f.Because.Text
	for _, w := range f.Backend.List {
		if _, is := services.Named(w.Text); is {
			c.sets = append(c.sets, w.Text)
			continue
		}
		spec, err := l.known.Registry.ParseSpec(w.Text)
		if err != nil {
			return c, l.Fail(w.Place, err.Error(), "a lock service, or a set of them", "")
		}
		c.backends = append(c.backends, spec)
	}
	for _, w := range f.Guard.List {
		if !slices.Contains(l.known.Guards, w.Text) {
			return c, l.Fail(w.Place, "there is no guard "+strict.Quoted(w.Text), strict.Listed(l.known.Guards), strict.DidYouMean(w.Text, l.known.Guards))
		}
		c.guards = append(c.guards, w.Text)
	}
	for _, w := range f.Discipline.List {
		d, err := script.ParseDiscipline(w.Text)
		if err != nil {
			return c, l.Fail(w.Place, err.Error(), "attentive, heedless or late=DURATION", "")
		}
		c.disciplines = append(c.disciplines, d.String())
	}
	if !f.Discipline.Given() {
		c.disciplines = []string{string(workload.Attentive)}
	}
	var harms []string
	for _, h := range Harms() {
		harms = append(harms, string(h))
	}
	for _, w := range f.Harm.List {
		if !slices.Contains(harms, w.Text) {
			return c, l.Fail(w.Place, "there is no harm "+strict.Quoted(w.Text), strict.Listed(harms), strict.DidYouMean(w.Text, harms))
		}
		c.harms = append(c.harms, Harm(w.Text))
	}
	most := f.Most
	switch {
	case !most.Given():
		most = f.Least
	case most.Text == chance || f.Least.Text == chance:
		return c, l.Fail(most.Place, "chance has no sizes to lie between", "least: chance, without most", "")
	}
	if c.least, err = l.formula(f.Least, c); err == nil {
		c.most, err = l.formula(most, c)
	}
	return c, err
}

// formula parses a formula and makes sure that the lock services of its row know its names.
func (l loader) formula(w fileFormula, c condition) (formula, error) {
	f, err := parseFormula(w.Text)
	if err != nil {
		return f, l.Fail(w.Place, err.Error(), "a formula", "")
	}
	specs := c.backends
	for _, name := range c.sets {
		set, _ := services.Named(name)
		for _, b := range set.Of(l.known.Registry) {
			specs = append(specs, backends.Spec{Backend: b})
		}
	}
	if len(specs) == 0 {
		for _, b := range l.known.Registry {
			specs = append(specs, backends.Spec{Backend: b})
		}
	}
	for _, spec := range specs {
		if err := checkNames(f, namesFor(spec)); err != nil {
			return f, l.Fail(w.Place, spec.String()+": "+err.Error(), "names that each lock service of this row has", "")
		}
	}
	return f, nil
}
