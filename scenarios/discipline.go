package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/sim"
)

// DisciplineKind is how a client treats what it knows about its lock.
type DisciplineKind string

// The disciplines. A lock may be blamed only for what an attentive client suffers.
const (
	// Attentive clients stop when they are told that the lock is lost, and look at their deadline
	// right before each write.
	Attentive DisciplineKind = "attentive"
	// Heedless clients look at nothing once they have the lock.
	Heedless DisciplineKind = "heedless"
	// Late clients are told, or could see that their deadline has passed, and work on for a while.
	Late DisciplineKind = "late"
)

// Discipline is one way for clients to treat what they know. It is a dimension of a cell, like the
// guard.
type Discipline struct {
	Kind DisciplineKind
	Late sim.Span // for Late: how long a client works on; more than 0
}

// String returns "attentive", "heedless" or "late=0.5ttl", as the command line has it.
func (d Discipline) String() string {
	if d.Kind == Late {
		return string(Late) + "=" + d.Late.String()
	}
	return string(d.Kind)
}

// disciplineShape says what a discipline looks like on the command line.
const disciplineShape = "attentive, heedless, or late=DURATION such as late=0.5ttl"

// ParseDiscipline parses what String returns.
func ParseDiscipline(text string) (Discipline, error) {
	kind, length, has := strings.Cut(text, "=")
	switch k := DisciplineKind(kind); {
	case !has && (k == Attentive || k == Heedless):
		return Discipline{Kind: k}, nil
	case !has && k == Late:
		return Discipline{}, fmt.Errorf("the discipline late needs a length of time, expected %s", disciplineShape)
	case k == Late:
		span, err := sim.ParseSpan(length)
		if err != nil {
			return Discipline{}, fmt.Errorf("the discipline late: %w", err)
		}
		if span.In(maxTime) == 0 {
			return Discipline{}, fmt.Errorf("the discipline late=%s keeps working for no time; expected more than 0, or attentive", length)
		}
		return Discipline{Kind: Late, Late: span}, nil
	}
	return Discipline{}, fmt.Errorf("there is no discipline %q, expected %s", text, disciplineShape)
}

// disciplineNames lists the kinds of discipline.
func disciplineNames() []string {
	return []string{string(Attentive), string(Heedless), string(Late)}
}

// can reports whether a client of this discipline may record an event of this kind.
func (d Discipline) can(k sim.Kind) bool {
	switch k {
	case sim.Check, sim.Abandon:
		return d.Kind != Heedless
	case sim.Ignored:
		return d.Kind == Late
	}
	return true
}

// fileDisciplines is one discipline or a list of them: a word, or {late: 0.5ttl}.
type fileDisciplines struct {
	place
	list []fileDiscipline
}

type fileDiscipline struct {
	place
	Discipline
}

// all lists the disciplines as they were written.
func (f fileDisciplines) all() (out []Discipline) {
	for _, d := range f.list {
		out = append(out, d.Discipline)
	}
	return out
}

func (f *fileDisciplines) read(s *source, name string, n ast.Node) error {
	f.place = at(n)
	items := []ast.Node{n}
	if list, ok := n.(*ast.SequenceNode); ok {
		if items = list.Values; len(items) == 0 {
			return s.fail(f.place, name+" is an empty list", "at least one discipline", "leave "+name+" out to mean attentive")
		}
	}
	for _, item := range items {
		one := fileDiscipline{place: at(item)}
		if err := one.read(s, name, item); err != nil {
			return err
		}
		if slices.ContainsFunc(f.list, func(d fileDiscipline) bool { return d.String() == one.String() }) {
			return s.fail(one.place, fmt.Sprintf("%s names %s twice", name, one), "each discipline once", "")
		}
		f.list = append(f.list, one)
	}
	return nil
}

const fileDisciplineShape = "attentive, heedless, or {late: DURATION}"

func (d *fileDiscipline) read(s *source, name string, n ast.Node) error {
	d.place = at(n)
	entries, mapping, err := s.entries(n)
	switch {
	case err != nil:
		return err
	case mapping && len(entries) == 1 && entries[0].key.text == string(Late):
		var length span
		if err := length.read(s, string(Late), entries[0].value); err != nil {
			return err
		}
		if length.In(maxTime) == 0 {
			return s.fail(length.place, "late is 0: the client would stop at once", "more than 0, such as 0.5ttl", "that is an attentive client: write discipline: attentive")
		}
		d.Discipline = Discipline{Kind: Late, Late: length.Span}
		return nil
	case mapping && len(entries) > 1:
		return s.fail(entries[1].key.place, "this discipline has more than one key", fileDisciplineShape, "for several disciplines write a list, such as [heedless, {late: 0.5ttl}]")
	case mapping && len(entries) == 1:
		return s.fail(entries[0].key.place, fmt.Sprintf("there is no discipline %s with a value", quoted(entries[0].key.text)), fileDisciplineShape, d.without(entries[0].key.text))
	}
	var w word
	if _, text := n.(*ast.StringNode); !text {
		return s.wrongType(name, n, fileDisciplineShape)
	}
	if err := w.read(s, name, n); err != nil {
		return err
	}
	switch kind, length, asFlag := strings.Cut(w.text, "="); {
	case w.text == string(Late):
		return s.fail(w.place, "late does not say how long the client keeps working", "late with a length of time", "write discipline: {late: 0.5ttl}")
	case asFlag && kind == string(Late):
		return s.fail(w.place, quoted(w.text)+" is command-line syntax", "late as a key, with a length of time", "write discipline: {late: "+length+"}")
	case asFlag:
	default:
		if d.Discipline, err = ParseDiscipline(w.text); err == nil {
			return nil
		}
	}
	return s.fail(w.place, "there is no discipline "+quoted(w.text), fileDisciplineShape, didYouMean(w.text, disciplineNames()))
}

// without returns what to write for a discipline that was given a value but takes none.
func (*fileDiscipline) without(kind string) string {
	if k := DisciplineKind(kind); k == Attentive || k == Heedless {
		return "write discipline: " + kind
	}
	return didYouMean(kind, disciplineNames())
}

// disciplined lists the client events that only some disciplines record.
func disciplined() []sim.Kind { return []sim.Kind{sim.Check, sim.Abandon, sim.Ignored} }

// disciplineTexts returns disciplines as the command line has them.
func disciplineTexts(all []Discipline) (out []string) {
	for _, d := range all {
		out = append(out, d.String())
	}
	return out
}
