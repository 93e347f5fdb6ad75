package claims

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Builtin loads the claims of the debate that come with the program.
func Builtin(known script.Known) ([]Source, error) {
	all, err := scenarios.Builtin(known)
	if err != nil {
		return nil, err
	}
	return Load("claims.yaml", scenarios.ClaimsFile(), known, all)
}

// The types of the claims file. It is read as strictly as scenario files are, and every error has a
// place.

type fileClaims struct {
	strict.Place `yaml:"-"`
	Options      []fileClaimOption `yaml:"options,omitempty" doc:"sources that say what options do"`
	Sources      []fileSource      `yaml:"sources" doc:"who made the claims"`
}

type fileClaimOption struct {
	strict.Place `yaml:"-"`
	Option       strict.Word `yaml:"option" doc:"a lock service and its option, such as etcd+recheck"`
	Source       strict.Word `yaml:"source" doc:"a library with its version, a file, an issue"`
}

func (*fileClaimOption) Noun() string { return "this option" }

type fileSource struct {
	strict.Place `yaml:"-"`
	Who          strict.Word  `yaml:"who" doc:"a person or a project"`
	Where        strict.Word  `yaml:"where" doc:"the text that the claims are from"`
	Debate       strict.YesNo `yaml:"debate,omitempty" doc:"one of the two who argue with each other: their lists stand side by side"`
	Claims       []fileClaim  `yaml:"claims" doc:"what was claimed"`
}

func (*fileSource) Noun() string { return "this source" }

type fileClaim struct {
	strict.Place `yaml:"-"`
	ID           strict.Word     `yaml:"id" doc:"letters and a number, such as K4"`
	Says         strict.Word     `yaml:"says" doc:"what is claimed, in one sentence"`
	ConfirmedBy  []fileClaimTest `yaml:"confirmed-by,omitempty" doc:"trials that come out as they should if the claim is right"`
	RefutedBy    []fileClaimTest `yaml:"refuted-by,omitempty" doc:"trials that come out as they should if the claim is wrong"`
	Condition    strict.Word     `yaml:"condition,omitempty" doc:"when the claim is right, if trials speak for it and others against"`
	NotYet       strict.Word     `yaml:"not-yet,omitempty" doc:"what is missing for a trial, or for a further one"`
	Cannot       strict.Word     `yaml:"cannot,omitempty" doc:"why no trial can decide it"`
	Note         strict.Word     `yaml:"note,omitempty" doc:"what its trials are worth, where that is not plain"`
}

func (*fileClaim) Noun() string { return "this claim" }

type fileClaimTest struct {
	strict.Place `yaml:"-"`
	Scenario     strict.Word            `yaml:"scenario" doc:"a built-in scenario"`
	Backend      strict.Words           `yaml:"backend" doc:"the lock services to run it with; the scenario need not list them"`
	Guard        strict.Words           `yaml:"guard" doc:"the guards to run it with"`
	Discipline   script.FileDisciplines `yaml:"discipline,omitempty" doc:"the disciplines of the clients; those of the scenario if left out"`
	Seeds        strict.Number          `yaml:"seeds,omitempty" doc:"the least number of seeds, where fewer would say nothing: for a share of trials, a mean or a percentile"`
	Find         fileFinds              `yaml:"find,omitempty" doc:"what comes out: properties with holds or violated, or with {sometimes: [0.1, 0.3]} and the share of trials that are violated"`
	Measures     script.FileRanges      `yaml:"measures,omitempty" doc:"what is measured, with the range that it lies in"`
	World        strict.Word            `yaml:"world,omitempty" doc:"virtual or live, if only that world has these trials"`
}

func (*fileClaimTest) Noun() string { return "this trial" }

// fileFinds are verdicts by property.
type fileFinds struct {
	strict.Place
	list []fileFind
}

type fileFind struct {
	name  strict.Word
	value script.VerdictWord
}

func (f *fileFinds) Read(s *strict.Source, name string, n ast.Node) error {
	entries, ok, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.WrongType(name, n, "a mapping of properties to verdicts, such as {overlap: violated}")
	case len(entries) == 0:
		return s.Fail(strict.At(n), name+" names no property", strict.Listed(script.PropertyNames()), "")
	}
	f.Place = strict.At(n)
	for _, e := range entries {
		each := fileFind{name: e.Key}
		if err := each.value.Read(s, e.Key.Text, e.Value); err != nil {
			return err
		}
		f.list = append(f.list, each)
	}
	return nil
}

// Load reads a file of claims and checks it completely. all are the scenarios that it may
// name. The error is a *strict.Error for the first mistake.
func Load(file string, src []byte, known script.Known, all []*script.Scenario) ([]Source, error) {
	s, root, err := strict.Parse(file, src)
	if err != nil {
		return nil, err
	}
	l := loader{Loader: script.NewLoader(s, known), known: known, all: all, seen: map[string]strict.Place{}}
	var f fileClaims
	if err := s.Decode("the file of claims", root, reflect.ValueOf(&f).Elem()); err != nil {
		return nil, err
	}
	for _, o := range f.Options {
		if err := l.option(o); err != nil {
			return nil, err
		}
	}
	var out []Source
	for _, fs := range f.Sources {
		source := Source{Who: fs.Who.Text, Where: fs.Where.Text, Debate: fs.Debate.On}
		for _, fc := range fs.Claims {
			c, err := l.claim(fc)
			if err != nil {
				return nil, err
			}
			source.Claims = append(source.Claims, c)
		}
		out = append(out, source)
	}
	return out, nil
}

type loader struct {
	*script.Loader
	known   script.Known
	all     []*script.Scenario
	seen    map[string]strict.Place
	options []Option
}

// option records the source that says what an option does.
func (l *loader) option(f fileClaimOption) error {
	for _, known := range l.options {
		if known.Option == f.Option.Text {
			return l.Fail(f.Option.Place, "the option "+known.Option+" is listed twice", "each option once", "")
		}
	}
	backend, option, ok := strings.Cut(f.Option.Text, "+")
	if !ok {
		return l.Fail(f.Option.Place, "option is "+strict.Quoted(f.Option.Text), "a lock service and its option, such as etcd+recheck", "")
	}
	b, err := services.Registry().Find(backend)
	if err != nil {
		return l.Fail(f.Option.Place, err.Error(), "a lock service and its option, such as etcd+recheck", "")
	}
	var names []string
	for _, o := range b.Options() {
		names = append(names, o.Name)
	}
	if !slices.Contains(names, option) {
		return l.Fail(f.Option.Place, backend+" has no option "+strict.Quoted(option), strict.Listed(names), strict.DidYouMean(option, names))
	}
	l.options = append(l.options, Option{Option: f.Option.Text, Source: f.Source.Text})
	return nil
}

func (l *loader) claim(f fileClaim) (Claim, error) {
	c := Claim{ID: f.ID.Text, Says: f.Says.Text, Condition: f.Condition.Text, NotYet: f.NotYet.Text, Cannot: f.Cannot.Text, Note: f.Note.Text}
	if !script.IsClaim(c.ID) {
		return c, l.Fail(f.ID.Place, "id is "+strict.Quoted(c.ID), "letters and a number, such as K4", "")
	}
	if first, twice := l.seen[c.ID]; twice {
		return c, l.Fail(f.ID.Place, fmt.Sprintf("the claim %s is listed twice", c.ID), "each id once", fmt.Sprintf("it is first listed on line %d", first.Line))
	}
	l.seen[c.ID] = f.ID.Place
	for _, side := range []struct {
		rows []fileClaimTest
		into *[]Test
	}{{f.ConfirmedBy, &c.ConfirmedBy}, {f.RefutedBy, &c.RefutedBy}} {
		for _, row := range side.rows {
			test, err := l.test(row)
			if err != nil {
				return c, err
			}
			*side.into = append(*side.into, test)
		}
	}
	tested := len(c.ConfirmedBy)+len(c.RefutedBy) > 0
	both := len(c.ConfirmedBy) > 0 && len(c.RefutedBy) > 0
	switch {
	case !tested && !f.NotYet.Given() && !f.Cannot.Given():
		return c, l.Fail(f.Place, c.ID+" has neither trials nor a reason for having none", "confirmed-by, refuted-by, not-yet or cannot", "")
	case f.Cannot.Given() && (tested || f.NotYet.Given()):
		return c, l.Fail(f.Cannot.Place, c.ID+" says cannot, but has trials or not-yet", "one of them", "")
	case both && !f.Condition.Given():
		return c, l.Fail(f.Place, c.ID+" has trials for and against it, but no condition", "condition: when it is right", "")
	case !both && f.Condition.Given():
		return c, l.Fail(f.Condition.Place, c.ID+" has a condition, but its trials are all for it or all against it", "confirmed-by and refuted-by with a condition", "")
	}
	return c, nil
}

func (l *loader) test(f fileClaimTest) (Test, error) {
	t := Test{World: f.World.Text}
	if worlds := []string{sim.VirtualWorld, sim.LiveWorld}; f.World.Given() && !slices.Contains(worlds, t.World) {
		return t, l.Fail(f.World.Place, "world is "+strict.Quoted(t.World), strict.Listed(worlds), strict.DidYouMean(t.World, worlds))
	}
	var names []string
	for _, s := range l.all {
		names = append(names, s.Name)
		if s.Name == f.Scenario.Text {
			t.Scenario = s
		}
	}
	if t.Scenario == nil {
		return t, l.Fail(f.Scenario.Place, "there is no scenario "+strict.Quoted(f.Scenario.Text), strict.Listed(names), strict.DidYouMean(f.Scenario.Text, names))
	}
	if t.Disciplines = f.Discipline.All(); len(t.Disciplines) == 0 {
		t.Disciplines = t.Scenario.Workload.Disciplines
	}
	for _, w := range f.Guard.List {
		if !slices.Contains(t.Scenario.Guards, w.Text) && !slices.Contains(l.known.Guards, w.Text) {
			return t, l.Fail(w.Place, "there is no guard "+strict.Quoted(w.Text), strict.Listed(l.known.Guards), strict.DidYouMean(w.Text, l.known.Guards))
		}
		t.Guards = append(t.Guards, w.Text)
	}
	for _, w := range f.Backend.List {
		spec, err := l.Spec(w)
		if err != nil {
			return t, err
		}
		for i, guard := range t.Guards {
			if !script.MakesCell(spec, guard) {
				return t, l.Fail(f.Guard.List[i].Place, fmt.Sprintf("guard %s needs fencing tokens, but %s issues none", guard, spec), "a guard that needs no token", "")
			}
		}
		t.Backends = append(t.Backends, spec.String())
		for _, o := range l.options {
			if slices.Contains(optionsIn(spec.String()), o.Option) && !slices.Contains(t.Options, o) {
				t.Options = append(t.Options, o)
			}
		}
	}
	var err error
	if t.Ranges, err = l.Ranges(f.Measures, t.Scenario.TTL); err != nil {
		return t, err
	}
	if f.Seeds.Given() {
		if t.Seeds = f.Seeds.N; t.Seeds < 1 || t.Seeds > maxTrials {
			return t, l.Fail(f.Seeds.Place, fmt.Sprintf("seeds is %d", t.Seeds), fmt.Sprintf("1 to %d", maxTrials), "")
		}
	}
	if len(f.Find.list)+len(t.Ranges) == 0 {
		return t, l.Fail(f.Place, "this trial does not say what it should find", "find or measures", "")
	}
	for _, o := range f.Find.list {
		property := check.Property(o.name.Text)
		if !slices.Contains(check.Properties(), property) {
			return t, l.Fail(o.name.Place, "there is no property "+strict.Quoted(o.name.Text), strict.Listed(script.PropertyNames()), strict.DidYouMean(o.name.Text, script.PropertyNames()))
		}
		if o.value.Share != nil {
			t.Chances = append(t.Chances, script.Chance{Property: property, Share: o.value.Share})
			continue
		}
		verdict, err := l.Verdict(o.name.Text, o.value)
		if err != nil {
			return t, err
		}
		t.Find = append(t.Find, script.PropertyValue{Property: property, Verdict: verdict})
	}
	return t, nil
}

// optionsIn names the options that a spec sets: for etcd+nodes=5+recheck=off, etcd+nodes and
// etcd+recheck.
func optionsIn(spec string) (out []string) {
	parts := strings.Split(spec, "+")
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, "=")
		out = append(out, parts[0]+"+"+name)
	}
	return out
}
