package claims

import (
	"reflect"
	"slices"

	"github.com/locklab/locklab/scenarios"
	"github.com/locklab/locklab/scenarios/script"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/sweep"
)

// BuiltinNumbers loads the published numbers that come with the program.
func BuiltinNumbers(known script.Known) ([]Number, error) {
	all, err := scenarios.Builtin(known)
	if err != nil {
		return nil, err
	}
	sweeps, err := sweep.Builtin(known)
	if err != nil {
		return nil, err
	}
	return LoadNumbers("numbers.yaml", scenarios.NumbersFile(), known, all, sweeps)
}

// The types below are the file of numbers, which is read in the same way as the file of claims.

type fileNumbers struct {
	strict.Place `yaml:"-"`
	Numbers      []fileNumber `yaml:"numbers" doc:"numbers that were published, or follow from a formula"`
}

type fileNumber struct {
	strict.Place `yaml:"-"`
	Claim        strict.Word   `yaml:"claim" doc:"the claim that it belongs to, such as E4"`
	Of           strict.Word   `yaml:"of" doc:"what is counted"`
	Published    strict.Word   `yaml:"published,omitempty" doc:"the value that was published"`
	Derived      strict.Word   `yaml:"derived,omitempty" doc:"the formula, worked out"`
	Source       strict.Word   `yaml:"source" doc:"where it was published, or what it is derived from"`
	Trials       fileClaimTest `yaml:"trials,omitempty" doc:"trials in which it is measured, with one of find or measures"`
	TTL          strict.Span   `yaml:"ttl,omitempty" doc:"the lease of these trials; the scenario's if left out"`
	Take         strict.Word   `yaml:"take,omitempty" doc:"what of the measured values: every, mean, least or most; every if left out"`
	Sweep        strict.Word   `yaml:"sweep,omitempty" doc:"a sweep, instead of trials"`
	Line         strict.Word   `yaml:"line,omitempty" doc:"the line of the sweep"`
	Turns        strict.Real   `yaml:"turns,omitempty" doc:"where the property turns on that line"`
	Cannot       strict.Word   `yaml:"cannot,omitempty" doc:"why it is not measured"`
	Unmet        strict.Word   `yaml:"unmet,omitempty" doc:"why what is measured lies elsewhere"`
}

func (*fileNumber) Noun() string { return "this number" }

// LoadNumbers reads a file of numbers and checks it completely. The file may refer to the scenarios
// in all and to sweeps.
func LoadNumbers(file string, src []byte, known script.Known, all []*script.Scenario, sweeps []*sweep.Sweep) ([]Number, error) {
	s, root, err := strict.Parse(file, src)
	if err != nil {
		return nil, err
	}
	l := loader{Loader: script.NewLoader(s, known), known: known, all: all}
	var f fileNumbers
	if err := s.Decode("the file of numbers", root, reflect.ValueOf(&f).Elem()); err != nil {
		return nil, err
	}
	var out []Number
	for _, each := range f.Numbers {
		n, err := l.number(each, sweeps)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (l *loader) number(f fileNumber, sweeps []*sweep.Sweep) (Number, error) {
	n := Number{
		Claim: f.Claim.Text, Of: f.Of.Text, Published: f.Published.Text, Derived: f.Derived.Text, Source: f.Source.Text,
		Take: TakeEvery, Line: f.Line.Text, Turns: f.Turns.Value, Cannot: f.Cannot.Text, Unmet: f.Unmet.Text,
	}
	if !script.IsClaim(n.Claim) {
		return n, l.Fail(f.Claim.Place, "claim is "+strict.Quoted(n.Claim), "letters and a number, such as K4", "")
	}
	if !f.Published.Given() && !f.Derived.Given() {
		return n, l.Fail(f.Place, "this number has neither published nor derived", "published, derived or both", "")
	}
	ways := 0
	for _, given := range []bool{f.Trials.Given(), f.Sweep.Given(), f.Cannot.Given()} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return n, l.Fail(f.Place, "this number needs exactly one way to be measured", "one of trials, sweep and cannot", "")
	}
	if f.Take.Given() {
		var takes []string
		for _, each := range Takes() {
			takes = append(takes, string(each))
		}
		if n.Take = Take(f.Take.Text); !slices.Contains(takes, f.Take.Text) {
			return n, l.Fail(f.Take.Place, "take is "+strict.Quoted(f.Take.Text), strict.Listed(takes), strict.DidYouMean(f.Take.Text, takes))
		}
	}
	switch {
	case f.Trials.Given():
		return n, l.numberTrials(&n, f)
	case f.Sweep.Given():
		return n, l.numberSweep(&n, f, sweeps)
	}
	return n, nil
}

func (l *loader) numberTrials(n *Number, f fileNumber) (err error) {
	if n.Test, err = l.test(f.Trials); err != nil {
		return err
	}
	if f.TTL.Given() {
		if n.Test.TTL, err = l.Absolute("ttl", f.TTL); err != nil {
			return err
		}
	}
	if len(n.Test.Find)+len(n.Test.Ranges) != 1 || len(n.Test.Backends) != 1 || len(n.Test.Guards) != 1 {
		return l.Fail(f.Trials.Place, "a number needs one cell and one property or measure", "one backend, one guard, and one of find and measures", "")
	}
	if f.Take.Given() && len(n.Test.Ranges) == 0 {
		return l.Fail(f.Take.Place, "take only applies to measures", "no take with find", "")
	}
	return nil
}

func (l *loader) numberSweep(n *Number, f fileNumber, sweeps []*sweep.Sweep) error {
	var names, lines []string
	for _, s := range sweeps {
		names = append(names, s.Name)
		if s.Name == f.Sweep.Text {
			n.Sweep = s
		}
	}
	if n.Sweep == nil {
		return l.Fail(f.Sweep.Place, "there is no sweep "+strict.Quoted(f.Sweep.Text), strict.Listed(names), strict.DidYouMean(f.Sweep.Text, names))
	}
	for _, line := range n.Sweep.Lines {
		lines = append(lines, line.Name)
	}
	if !slices.Contains(lines, n.Line) {
		where := f.Line.Place
		if !f.Line.Given() {
			where = f.Place
		}
		return l.Fail(where, "the sweep "+n.Sweep.Name+" has no line "+strict.Quoted(n.Line), strict.Listed(lines), strict.DidYouMean(n.Line, lines))
	}
	if !f.Turns.Given() {
		return l.Fail(f.Place, "this number does not say where the sweep turns", "turns: a value of its parameter", "")
	}
	return nil
}
