package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
	"github.com/locklab/locklab/sim"
)

// Discipline is one way for clients to treat what they know. It is a dimension of a cell, like the
// guard.
type Discipline struct {
	Kind workload.Discipline
	Late sim.Span // for Late: how long a client works on; more than 0
}

// String returns "attentive", "heedless" or "late=0.5ttl", as the command line has it.
func (d Discipline) String() string {
	if d.Kind == workload.Late {
		return string(workload.Late) + "=" + d.Late.String()
	}
	return string(d.Kind)
}

// disciplineShape says what a discipline looks like on the command line.
const disciplineShape = "attentive, heedless, or late=DURATION such as late=0.5ttl"

// ParseDiscipline parses what String returns.
func ParseDiscipline(text string) (Discipline, error) {
	kind, length, has := strings.Cut(text, "=")
	switch k := workload.Discipline(kind); {
	case !has && (k == workload.Attentive || k == workload.Heedless):
		return Discipline{Kind: k}, nil
	case !has && k == workload.Late:
		return Discipline{}, fmt.Errorf("the discipline late needs a length of time, expected %s", disciplineShape)
	case k == workload.Late:
		span, err := sim.ParseSpan(length)
		if err != nil {
			return Discipline{}, fmt.Errorf("the discipline late: %w", err)
		}
		if span.In(MaxTime) == 0 {
			return Discipline{}, fmt.Errorf("the discipline late=%s keeps working for no time; expected more than 0, or attentive", length)
		}
		return Discipline{Kind: workload.Late, Late: span}, nil
	}
	return Discipline{}, fmt.Errorf("there is no discipline %q, expected %s", text, disciplineShape)
}

// disciplineNames lists the kinds of discipline.
func disciplineNames() []string {
	return []string{string(workload.Attentive), string(workload.Heedless), string(workload.Late)}
}

// can reports whether a client of this discipline may record an event of this kind.
func (d Discipline) can(k sim.Kind) bool {
	switch k {
	case sim.Check, sim.Abandon:
		return d.Kind != workload.Heedless
	case sim.Ignored:
		return d.Kind == workload.Late
	}
	return true
}

// FileDisciplines is one discipline or a list of them: a word, or {late: 0.5ttl}.
type FileDisciplines struct {
	strict.Place
	list []fileDiscipline
}

type fileDiscipline struct {
	strict.Place
	Discipline
}

// All lists the disciplines as they were written.
func (f FileDisciplines) All() (out []Discipline) {
	for _, d := range f.list {
		out = append(out, d.Discipline)
	}
	return out
}

// Read reads one discipline or a list of them.
func (f *FileDisciplines) Read(s *strict.Source, name string, n ast.Node) error {
	f.Place = strict.At(n)
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		if items = list.Values; len(items) == 0 {
			return s.Fail(f.Place, name+" is an empty list", "at least one discipline", "leave "+name+" out to mean attentive")
		}
	}
	for _, item := range items {
		one := fileDiscipline{Place: strict.At(item)}
		if err := one.Read(s, name, item); err != nil {
			return err
		}
		if slices.ContainsFunc(f.list, func(d fileDiscipline) bool { return d.String() == one.String() }) {
			return s.Fail(one.Place, fmt.Sprintf("%s names %s twice", name, one), "each discipline once", "")
		}
		f.list = append(f.list, one)
	}
	return nil
}

const fileDisciplineShape = "attentive, heedless, or {late: DURATION}"

func (d *fileDiscipline) Read(s *strict.Source, name string, n ast.Node) error {
	d.Place = strict.At(n)
	entries, mapping, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case mapping && len(entries) == 1 && entries[0].Key.Text == string(workload.Late):
		var length strict.Span
		if err := length.Read(s, string(workload.Late), entries[0].Value); err != nil {
			return err
		}
		if length.In(MaxTime) == 0 {
			return s.Fail(length.Place, "late is 0: the client would stop at once", "more than 0, such as 0.5ttl", "that is an attentive client: write discipline: attentive")
		}
		d.Discipline = Discipline{Kind: workload.Late, Late: length.Span}
		return nil
	case mapping && len(entries) > 1:
		return s.Fail(entries[1].Key.Place, "this discipline has more than one key", fileDisciplineShape, "for several disciplines write a list, such as [heedless, {late: 0.5ttl}]")
	case mapping && len(entries) == 1:
		return s.Fail(entries[0].Key.Place, fmt.Sprintf("there is no discipline %s with a value", strict.Quoted(entries[0].Key.Text)), fileDisciplineShape, d.without(entries[0].Key.Text))
	}
	var w strict.Word
	if _, text := n.(*ast.StringNode); !text {
		return s.WrongType(name, n, fileDisciplineShape)
	}
	if err := w.Read(s, name, n); err != nil {
		return err
	}
	switch kind, length, asFlag := strings.Cut(w.Text, "="); {
	case w.Text == string(workload.Late):
		return s.Fail(w.Place, "late does not say how long the client keeps working", "late with a length of time", "write discipline: {late: 0.5ttl}")
	case asFlag && kind == string(workload.Late):
		return s.Fail(w.Place, strict.Quoted(w.Text)+" is command-line syntax", "late as a key, with a length of time", "write discipline: {late: "+length+"}")
	case asFlag:
	default:
		if d.Discipline, err = ParseDiscipline(w.Text); err == nil {
			return nil
		}
	}
	return s.Fail(w.Place, "there is no discipline "+strict.Quoted(w.Text), fileDisciplineShape, strict.DidYouMean(w.Text, disciplineNames()))
}

// without returns what to write for a discipline that was given a value but takes none.
func (*fileDiscipline) without(kind string) string {
	if k := workload.Discipline(kind); k == workload.Attentive || k == workload.Heedless {
		return "write discipline: " + kind
	}
	return strict.DidYouMean(kind, disciplineNames())
}

// disciplined lists the client events that only some disciplines record.
func disciplined() []sim.Kind { return []sim.Kind{sim.Check, sim.Abandon, sim.Ignored} }

// DisciplineTexts returns disciplines as the command line has them.
func DisciplineTexts(all []Discipline) (out []string) {
	for _, d := range all {
		out = append(out, d.String())
	}
	return out
}
