package scenarios

import (
	"reflect"
	"slices"
)

// BuiltinNumbers loads the published numbers that come with the program.
func BuiltinNumbers(known Known) ([]Number, error) {
	all, err := Builtin(known)
	if err != nil {
		return nil, err
	}
	sweeps, err := BuiltinSweeps(known)
	if err != nil {
		return nil, err
	}
	return LoadNumbers("numbers.yaml", NumbersFile(), known, all, sweeps)
}

// The types below are the file of numbers, which is read in the same way as the file of claims.

type fileNumbers struct {
	place   `yaml:"-"`
	Numbers []fileNumber `yaml:"numbers" doc:"numbers that were published, or follow from a formula"`
}

type fileNumber struct {
	place     `yaml:"-"`
	Claim     word          `yaml:"claim" doc:"the claim that it belongs to, such as E4"`
	Of        word          `yaml:"of" doc:"what is counted"`
	Published word          `yaml:"published,omitempty" doc:"the value that was published"`
	Derived   word          `yaml:"derived,omitempty" doc:"the formula, worked out"`
	Source    word          `yaml:"source" doc:"where it was published, or what it is derived from"`
	Trials    fileClaimTest `yaml:"trials,omitempty" doc:"trials in which it is measured, with one of find or measures"`
	TTL       span          `yaml:"ttl,omitempty" doc:"the lease of these trials; the scenario's if left out"`
	Take      word          `yaml:"take,omitempty" doc:"what of the measured values: every, mean, least or most; every if left out"`
	Sweep     word          `yaml:"sweep,omitempty" doc:"a sweep, instead of trials"`
	Line      word          `yaml:"line,omitempty" doc:"the line of the sweep"`
	Turns     real          `yaml:"turns,omitempty" doc:"where the property turns on that line"`
	Cannot    word          `yaml:"cannot,omitempty" doc:"why it is not measured"`
	Unmet     word          `yaml:"unmet,omitempty" doc:"why what is measured lies elsewhere"`
}

func (*fileNumber) Noun() string { return "this number" }

// LoadNumbers reads a file of numbers and checks it completely. The file may refer to the scenarios
// in all and to sweeps.
func LoadNumbers(file string, src []byte, known Known, all []*Scenario, sweeps []*Sweep) ([]Number, error) {
	s, root, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	l := claimsLoader{Loader: NewLoader(s, known), known: known, all: all}
	var f fileNumbers
	if err := s.decode("the file of numbers", root, reflect.ValueOf(&f).Elem()); err != nil {
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

func (l *claimsLoader) number(f fileNumber, sweeps []*Sweep) (Number, error) {
	n := Number{
		Claim: f.Claim.text, Of: f.Of.text, Published: f.Published.text, Derived: f.Derived.text, Source: f.Source.text,
		Take: TakeEvery, Line: f.Line.text, Turns: f.Turns.value, Cannot: f.Cannot.text, Unmet: f.Unmet.text,
	}
	if !IsClaim(n.Claim) {
		return n, l.fail(f.Claim.place, "claim is "+quoted(n.Claim), "letters and a number, such as K4", "")
	}
	if !f.Published.given() && !f.Derived.given() {
		return n, l.fail(f.place, "this number has neither published nor derived", "published, derived or both", "")
	}
	ways := 0
	for _, given := range []bool{f.Trials.given(), f.Sweep.given(), f.Cannot.given()} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return n, l.fail(f.place, "this number needs exactly one way to be measured", "one of trials, sweep and cannot", "")
	}
	if f.Take.given() {
		var takes []string
		for _, each := range Takes() {
			takes = append(takes, string(each))
		}
		if n.Take = Take(f.Take.text); !slices.Contains(takes, f.Take.text) {
			return n, l.fail(f.Take.place, "take is "+quoted(f.Take.text), listed(takes), didYouMean(f.Take.text, takes))
		}
	}
	switch {
	case f.Trials.given():
		return n, l.numberTrials(&n, f)
	case f.Sweep.given():
		return n, l.numberSweep(&n, f, sweeps)
	}
	return n, nil
}

func (l *claimsLoader) numberTrials(n *Number, f fileNumber) (err error) {
	if n.Test, err = l.test(f.Trials); err != nil {
		return err
	}
	if f.TTL.given() {
		if n.Test.TTL, err = l.Absolute("ttl", f.TTL); err != nil {
			return err
		}
	}
	if len(n.Test.Find)+len(n.Test.Ranges) != 1 || len(n.Test.Backends) != 1 || len(n.Test.Guards) != 1 {
		return l.fail(f.Trials.place, "a number needs one cell and one property or measure", "one backend, one guard, and one of find and measures", "")
	}
	if f.Take.given() && len(n.Test.Ranges) == 0 {
		return l.fail(f.Take.place, "take only applies to measures", "no take with find", "")
	}
	return nil
}

func (l *claimsLoader) numberSweep(n *Number, f fileNumber, sweeps []*Sweep) error {
	var names, lines []string
	for _, s := range sweeps {
		names = append(names, s.Name)
		if s.Name == f.Sweep.text {
			n.Sweep = s
		}
	}
	if n.Sweep == nil {
		return l.fail(f.Sweep.place, "there is no sweep "+quoted(f.Sweep.text), listed(names), didYouMean(f.Sweep.text, names))
	}
	for _, line := range n.Sweep.Lines {
		lines = append(lines, line.Name)
	}
	if !slices.Contains(lines, n.Line) {
		where := f.Line.place
		if !f.Line.given() {
			where = f.place
		}
		return l.fail(where, "the sweep "+n.Sweep.Name+" has no line "+quoted(n.Line), listed(lines), didYouMean(n.Line, lines))
	}
	if !f.Turns.given() {
		return l.fail(f.place, "this number does not say where the sweep turns", "turns: a value of its parameter", "")
	}
	return nil
}
