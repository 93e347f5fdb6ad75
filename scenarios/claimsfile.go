package scenarios

import (
	_ "embed" // for the claims
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim/check"
)

//go:embed claims.yaml
var claimsFile []byte

// BuiltinClaims loads the claims of the debate that come with the program.
func BuiltinClaims(known Known) ([]ClaimSource, error) {
	all, err := Builtin(known)
	if err != nil {
		return nil, err
	}
	return LoadClaims("claims.yaml", claimsFile, known, all)
}

// The types of the claims file. It is read as strictly as scenario files are, and every error has a
// place.

type fileClaims struct {
	place   `yaml:"-"`
	Options []fileClaimOption `yaml:"options,omitempty" doc:"sources that say what options do"`
	Sources []fileSource      `yaml:"sources" doc:"who made the claims"`
}

type fileClaimOption struct {
	place  `yaml:"-"`
	Option word `yaml:"option" doc:"a lock service and its option, such as etcd+recheck"`
	Source word `yaml:"source" doc:"a library with its version, a file, an issue"`
}

func (*fileClaimOption) noun() string { return "this option" }

type fileSource struct {
	place  `yaml:"-"`
	Who    word        `yaml:"who" doc:"a person or a project"`
	Where  word        `yaml:"where" doc:"the text that the claims are from"`
	Debate yesno       `yaml:"debate,omitempty" doc:"one of the two who argue with each other: their lists stand side by side"`
	Claims []fileClaim `yaml:"claims" doc:"what was claimed"`
}

func (*fileSource) noun() string { return "this source" }

type fileClaim struct {
	place       `yaml:"-"`
	ID          word            `yaml:"id" doc:"letters and a number, such as K4"`
	Says        word            `yaml:"says" doc:"what is claimed, in one sentence"`
	ConfirmedBy []fileClaimTest `yaml:"confirmed-by,omitempty" doc:"trials that come out as they should if the claim is right"`
	RefutedBy   []fileClaimTest `yaml:"refuted-by,omitempty" doc:"trials that come out as they should if the claim is wrong"`
	Condition   word            `yaml:"condition,omitempty" doc:"when the claim is right, if trials speak for it and others against"`
	NotYet      word            `yaml:"not-yet,omitempty" doc:"what is missing for a trial, or for a further one"`
	Cannot      word            `yaml:"cannot,omitempty" doc:"why no trial can decide it"`
	Note        word            `yaml:"note,omitempty" doc:"what its trials are worth, where that is not plain"`
}

func (*fileClaim) noun() string { return "this claim" }

type fileClaimTest struct {
	place      `yaml:"-"`
	Scenario   word            `yaml:"scenario" doc:"a built-in scenario"`
	Backend    words           `yaml:"backend" doc:"the lock services to run it with; the scenario need not list them"`
	Guard      words           `yaml:"guard" doc:"the guards to run it with"`
	Discipline fileDisciplines `yaml:"discipline,omitempty" doc:"the disciplines of the clients; those of the scenario if left out"`
	Seeds      number          `yaml:"seeds,omitempty" doc:"the least number of seeds, where fewer would say nothing: for a share of trials, a mean or a percentile"`
	Find       fileFinds       `yaml:"find,omitempty" doc:"what comes out: properties with holds or violated, or with {sometimes: [0.1, 0.3]} and the share of trials that are violated"`
	Measures   fileRanges      `yaml:"measures,omitempty" doc:"what is measured, with the range that it lies in"`
	World      word            `yaml:"world,omitempty" doc:"virtual or live, if only that world has these trials"`
}

func (*fileClaimTest) noun() string { return "this trial" }

// fileFinds are verdicts by property.
type fileFinds struct {
	place
	list []fileFind
}

type fileFind struct {
	name  word
	value verdictWord
}

func (f *fileFinds) read(s *source, name string, n ast.Node) error {
	entries, ok, err := s.entries(n)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.wrongType(name, n, "a mapping of properties to verdicts, such as {overlap: violated}")
	case len(entries) == 0:
		return s.fail(at(n), name+" names no property", listed(propertyNames()), "")
	}
	f.place = at(n)
	for _, e := range entries {
		each := fileFind{name: e.key}
		if err := each.value.read(s, e.key.text, e.value); err != nil {
			return err
		}
		f.list = append(f.list, each)
	}
	return nil
}

// LoadClaims reads a file of claims and checks it completely. all are the scenarios that it may
// name. The error is a *LoadError for the first mistake.
func LoadClaims(file string, src []byte, known Known, all []*Scenario) ([]ClaimSource, error) {
	s, root, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	l := claimsLoader{loader: loader{source: s, known: known}, all: all, seen: map[string]place{}}
	var f fileClaims
	if err := s.decode("the file of claims", root, reflect.ValueOf(&f).Elem()); err != nil {
		return nil, err
	}
	for _, o := range f.Options {
		if err := l.option(o); err != nil {
			return nil, err
		}
	}
	var out []ClaimSource
	for _, fs := range f.Sources {
		source := ClaimSource{Who: fs.Who.text, Where: fs.Where.text, Debate: fs.Debate.on}
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

type claimsLoader struct {
	loader
	all     []*Scenario
	seen    map[string]place
	options []ClaimOption
}

// option records the source that says what an option does.
func (l *claimsLoader) option(f fileClaimOption) error {
	for _, known := range l.options {
		if known.Option == f.Option.text {
			return l.fail(f.Option.place, "the option "+known.Option+" is listed twice", "each option once", "")
		}
	}
	backend, option, ok := strings.Cut(f.Option.text, "+")
	if !ok {
		return l.fail(f.Option.place, "option is "+quoted(f.Option.text), "a lock service and its option, such as etcd+recheck", "")
	}
	b, err := Registry().Find(backend)
	if err != nil {
		return l.fail(f.Option.place, err.Error(), "a lock service and its option, such as etcd+recheck", "")
	}
	var names []string
	for _, o := range b.Options() {
		names = append(names, o.Name)
	}
	if !slices.Contains(names, option) {
		return l.fail(f.Option.place, backend+" has no option "+quoted(option), listed(names), didYouMean(option, names))
	}
	l.options = append(l.options, ClaimOption{Option: f.Option.text, Source: f.Source.text})
	return nil
}

func (l *claimsLoader) claim(f fileClaim) (Claim, error) {
	c := Claim{ID: f.ID.text, Says: f.Says.text, Condition: f.Condition.text, NotYet: f.NotYet.text, Cannot: f.Cannot.text, Note: f.Note.text}
	if !claimPattern.MatchString(c.ID) {
		return c, l.fail(f.ID.place, "id is "+quoted(c.ID), "letters and a number, such as K4", "")
	}
	if first, twice := l.seen[c.ID]; twice {
		return c, l.fail(f.ID.place, fmt.Sprintf("the claim %s is listed twice", c.ID), "each id once", fmt.Sprintf("it is first listed on line %d", first.line))
	}
	l.seen[c.ID] = f.ID.place
	for _, side := range []struct {
		rows []fileClaimTest
		into *[]ClaimTest
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
	case !tested && !f.NotYet.given() && !f.Cannot.given():
		return c, l.fail(f.place, c.ID+" has neither trials nor a reason for having none", "confirmed-by, refuted-by, not-yet or cannot", "")
	case f.Cannot.given() && (tested || f.NotYet.given()):
		return c, l.fail(f.Cannot.place, c.ID+" says cannot, but has trials or not-yet", "one of them", "")
	case both && !f.Condition.given():
		return c, l.fail(f.place, c.ID+" has trials for and against it, but no condition", "condition: when it is right", "")
	case !both && f.Condition.given():
		return c, l.fail(f.Condition.place, c.ID+" has a condition, but its trials are all for it or all against it", "confirmed-by and refuted-by with a condition", "")
	}
	return c, nil
}

func (l *claimsLoader) test(f fileClaimTest) (ClaimTest, error) {
	t := ClaimTest{World: f.World.text}
	if worlds := []string{VirtualWorld, LiveWorld}; f.World.given() && !slices.Contains(worlds, t.World) {
		return t, l.fail(f.World.place, "world is "+quoted(t.World), listed(worlds), didYouMean(t.World, worlds))
	}
	var names []string
	for _, s := range l.all {
		names = append(names, s.Name)
		if s.Name == f.Scenario.text {
			t.Scenario = s
		}
	}
	if t.Scenario == nil {
		return t, l.fail(f.Scenario.place, "there is no scenario "+quoted(f.Scenario.text), listed(names), didYouMean(f.Scenario.text, names))
	}
	if t.Disciplines = f.Discipline.all(); len(t.Disciplines) == 0 {
		t.Disciplines = t.Scenario.Workload.Disciplines
	}
	for _, w := range f.Guard.list {
		if !slices.Contains(t.Scenario.Guards, w.text) && !slices.Contains(l.known.Guards, w.text) {
			return t, l.fail(w.place, "there is no guard "+quoted(w.text), listed(l.known.Guards), didYouMean(w.text, l.known.Guards))
		}
		t.Guards = append(t.Guards, w.text)
	}
	for _, w := range f.Backend.list {
		spec, err := l.spec(w)
		if err != nil {
			return t, err
		}
		for i, guard := range t.Guards {
			if !makesCell(spec, guard) {
				return t, l.fail(f.Guard.list[i].place, fmt.Sprintf("guard %s needs fencing tokens, but %s issues none", guard, spec), "a guard that needs no token", "")
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
	if t.Ranges, err = l.ranges(f.Measures, t.Scenario.TTL); err != nil {
		return t, err
	}
	if f.Seeds.given() {
		if t.Seeds = f.Seeds.n; t.Seeds < 1 || t.Seeds > maxClaimTrials {
			return t, l.fail(f.Seeds.place, fmt.Sprintf("seeds is %d", t.Seeds), fmt.Sprintf("1 to %d", maxClaimTrials), "")
		}
	}
	if len(f.Find.list)+len(t.Ranges) == 0 {
		return t, l.fail(f.place, "this trial does not say what it should find", "find or measures", "")
	}
	for _, o := range f.Find.list {
		property := check.Property(o.name.text)
		if !slices.Contains(check.Properties(), property) {
			return t, l.fail(o.name.place, "there is no property "+quoted(o.name.text), listed(propertyNames()), didYouMean(o.name.text, propertyNames()))
		}
		if o.value.share != nil {
			t.Chances = append(t.Chances, Chance{property, o.value.share})
			continue
		}
		verdict, err := l.verdict(o.name.text, o.value)
		if err != nil {
			return t, err
		}
		t.Find = append(t.Find, PropertyValue{Property: property, Verdict: verdict})
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
