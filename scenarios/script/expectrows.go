package script

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim/check"
)

// expect resolves what theory says, and makes sure that it does not contradict itself.
func (l *Loader) expect() error {
	for i, f := range l.file.Expect {
		row, err := l.row(f)
		if err != nil {
			return err
		}
		for j, earlier := range l.out.Expect {
			if err := l.contradiction(row, f, earlier, l.file.Expect[j]); err != nil {
				return err
			}
		}
		l.out.Expect = append(l.out.Expect, row)
		if i >= maxRows {
			return l.Fail(f.Place, fmt.Sprintf("expect has more than %d rows", maxRows), "fewer rows", "name several backends or guards in one row")
		}
	}
	return nil
}

// maxRows bounds the table of expectations, because every row is compared with every other.
const maxRows = 200

func (l *Loader) row(f fileExpect) (Expectation, error) {
	row := Expectation{Because: f.Because.Text}
	for _, v := range f.Verdicts {
		if v.verdict.Text == sometimes {
			row.Sometimes = append(row.Sometimes, Chance{v.property, v.verdict.Share})
			continue
		}
		verdict, err := l.Verdict(string(v.property), v.verdict, sometimes)
		if err != nil {
			return row, err
		}
		row.Verdicts = append(row.Verdicts, PropertyValue{Property: v.property, Verdict: verdict})
	}
	var err error
	if row.Ranges, err = l.Ranges(f.Measures, l.out.TTL); err != nil {
		return row, err
	}
	if len(row.Verdicts)+len(row.Sometimes)+len(row.Ranges) == 0 {
		return row, l.Fail(f.Place, "this row expects nothing", "at least one of "+strict.Listed(append(PropertyNames(), "measures")), "for example lost-update: violated")
	}
	if row.Backends, row.Sets, err = l.ofScenario(f.Backend); err != nil {
		return row, err
	}
	for _, w := range f.Guard.List {
		if !slices.Contains(l.out.Guards, w.Text) {
			return row, l.Fail(w.Place, fmt.Sprintf("this scenario does not use guard %s", strict.Quoted(w.Text)), strict.Listed(l.out.Guards), strict.DidYouMean(w.Text, l.out.Guards))
		}
		row.Guards = append(row.Guards, w.Text)
	}
	for _, d := range f.Discipline.list {
		if all := DisciplineTexts(l.out.Workload.Disciplines); !slices.Contains(all, d.String()) {
			return row, l.Fail(d.Place, fmt.Sprintf("this scenario does not use discipline %s", d), strict.Listed(all), "name it in the workload's discipline")
		}
		row.Disciplines = append(row.Disciplines, d.String())
	}
	return row, l.reaches(row, f)
}

// ofScenario resolves the lock services that a row names, by themselves or through sets; each must be
// one of the scenario's.
func (l *Loader) ofScenario(words strict.Words) (specs []backends.Spec, sets []string, err error) {
	for _, w := range words.List {
		if set, is := services.Named(w.Text); is {
			if !slices.ContainsFunc(l.specs, func(spec backends.Spec) bool { return set.Covers(spec, l.known.Registry) }) {
				return nil, nil, l.Fail(w.Place, fmt.Sprintf("this scenario uses no backend of the set %s", set.Name), strict.Listed(l.out.Backends), set.Name+": "+set.Says)
			}
			sets = append(sets, set.Name)
			l.useSet(set)
			continue
		}
		spec, err := l.Spec(w)
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(l.specs, spec.Covers) {
			return nil, nil, l.Fail(w.Place, fmt.Sprintf("this scenario does not use backend %s", spec), strict.Listed(l.out.Backends), strict.DidYouMean(w.Text, l.out.Backends))
		}
		specs = append(specs, spec)
	}
	return specs, sets, nil
}

// Verdict resolves a verdict on a property: holds, violated, or one of the other words, for which the
// caller must have looked itself.
func (l *Loader) Verdict(property string, w VerdictWord, others ...string) (check.Verdict, error) {
	allowed := []check.Verdict{check.Holds, check.Violated}
	var names []string
	for _, v := range allowed {
		if v.String() == w.Text {
			return v, nil
		}
		names = append(names, v.String())
	}
	names = append(names, others...)
	return 0, l.Fail(w.Place, fmt.Sprintf("%s is not a verdict that a scenario can expect for %s", strict.Quoted(w.Text), property), strict.Listed(names), strict.DidYouMean(w.Text, names))
}

// sometimes is a row's word for a property that chance decides.
const sometimes = "sometimes"

// chance returns what the row says about a property that chance decides; nil means nothing.
func (e Expectation) chance(p check.Property) *Chance {
	if i := slices.IndexFunc(e.Sometimes, func(c Chance) bool { return c.Property == p }); i >= 0 {
		return &e.Sometimes[i]
	}
	return nil
}

// says returns what the row expects of a property, in the words of the file; empty means nothing.
func (e Expectation) says(p check.Property) string {
	if c := e.chance(p); c != nil {
		if c.Share != nil {
			return fmt.Sprintf("%s %s", sometimes, c.Share)
		}
		return sometimes
	}
	if v, ok := e.Verdict(p); ok {
		return v.String()
	}
	return ""
}

// reaches makes sure that every backend and guard of a row takes part in some cell that the row
// applies to.
func (l *Loader) reaches(row Expectation, f fileExpect) error {
	const why = "a guard that checks fencing tokens cannot be run with a backend that issues none"
	names := 0
	for _, w := range f.Backend.List {
		set, is := services.Named(w.Text)
		found, speaks := "a backend of the set "+set.Name, func(c Cell) bool { return set.Covers(c.Backend, l.known.Registry) }
		if !is {
			named := row.Backends[names]
			names++
			found, speaks = fmt.Sprintf("backend %s", named), func(c Cell) bool { return named.Covers(c.Backend) }
		}
		if !l.anyCell(row, speaks) {
			return l.Fail(w.Place, "no cell of this row has "+found, "a backend that can be run with the guards of this row", why)
		}
	}
	for i, name := range row.Guards {
		if !l.anyCell(row, func(c Cell) bool { return c.Guard == GuardFor(name, c.Backend) }) {
			return l.Fail(f.Guard.List[i].Place, fmt.Sprintf("no cell of this row has guard %s", name),
				"a guard that can be run with the backends of this row", why)
		}
	}
	return nil
}

// contradiction returns an error if two rows expect things of the same property or measure of a
// cell that cannot both come out, and neither row names the cell more closely.
func (l *Loader) contradiction(row Expectation, f fileExpect, earlier Expectation, at fileExpect) error {
	const todo = "name the backends, guards or disciplines of each row; the row that names more wins"
	both := func() (cell string, some bool) {
		some = l.anyCell(row, func(c Cell) bool {
			cell = fmt.Sprintf("for the same cell (backend %s, guard %s, %s clients)", c.Backend, c.Guard, c.Discipline)
			p, _ := row.matches(c)
			q, does := earlier.matches(c)
			return does && !p.beats(q) && !q.beats(p)
		})
		return cell, some
	}
	for _, v := range f.Verdicts {
		now, before := row.says(v.property), earlier.says(v.property)
		if now == "" || before == "" || now == before {
			continue
		}
		if cell, some := both(); some {
			return l.Fail(v.verdict.Place, fmt.Sprintf("%s: %s here, but %s on line %d, %s", v.property, now, before, at.Line, cell),
				"one verdict for each cell", todo)
		}
	}
	for i, now := range row.Ranges {
		for _, before := range earlier.Ranges {
			if now.Measure != before.Measure || now.Of != before.Of || !now.Apart(before, l.out.TTL) {
				continue
			}
			if cell, some := both(); some {
				return l.Fail(f.Measures.list[i].place(), fmt.Sprintf("%s here, but %s on line %d, %s", now, before, at.Line, cell),
					"overlapping ranges", todo)
			}
		}
	}
	return nil
}

// anyCell reports whether as is true of some cell that the row applies to.
func (l *Loader) anyCell(row Expectation, as func(Cell) bool) bool {
	for _, discipline := range l.out.Workload.Disciplines {
		for _, spec := range l.specs {
			for _, guard := range guardsFor(l.out.Guards, spec) {
				c := Cell{spec, guard, discipline}
				if _, does := row.matches(c); does && MakesCell(spec, guard) && as(c) {
					return true
				}
			}
		}
	}
	return false
}

// PropertyNames lists the properties that a script can expect something of.
func PropertyNames() []string {
	var names []string
	for _, p := range check.Properties() {
		names = append(names, string(p))
	}
	return names
}

// VerdictWord is holds, violated or sometimes. The word has not been checked yet.
type VerdictWord struct {
	strict.Word
	Share *bound.Share // with sometimes: the share of trials; nil if the file gives none
}

// Read reads a verdict as one word, or as {sometimes: [0.1, 0.3]}.
func (v *VerdictWord) Read(s *strict.Source, name string, n ast.Node) error {
	entries, mapping, err := s.Entries(n)
	switch {
	case err != nil:
		return err
	case !mapping:
		return v.Word.Read(s, name, n)
	case len(entries) != 1 || entries[0].Key.Text != sometimes:
		return s.WrongType(name, n, "holds, violated, sometimes, or {sometimes: [0.1, 0.3]} with a share of the trials")
	}
	v.Word = strict.Word{Place: strict.At(n), Text: sometimes}
	v.Share, err = readShare(s, entries[0].Value)
	return err
}

func readShare(s *strict.Source, n ast.Node) (*bound.Share, error) {
	const shape = "the smallest and largest share of trials, such as [0.1, 0.3]"
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		return nil, s.WrongType(sometimes, n, shape)
	}
	share := &bound.Share{}
	for i, into := range []*float64{&share.From, &share.To} {
		text, ok := strict.PlainText(list.Values[i])
		if !ok {
			return nil, s.WrongType("an end of "+sometimes, list.Values[i], "a number from 0 to 1")
		}
		number, ok := strict.Decimal(text)
		if ok {
			*into, _ = number.Float64()
		}
		if !ok || *into > 1 {
			return nil, s.Fail(strict.At(list.Values[i]), sometimes+" has the share "+strict.Quoted(text), "a number from 0 to 1", "")
		}
	}
	switch {
	case share.From > share.To:
		return nil, s.Fail(strict.At(list.Values[1]), fmt.Sprintf("%s goes from %s down to %s", sometimes, list.Values[0], list.Values[1]), "the smaller end first", "")
	case share.To == 0:
		return nil, s.Fail(strict.At(n), sometimes+" is never", "a range whose upper end is above 0", "write holds for a property that is never violated")
	case share.From == 1:
		return nil, s.Fail(strict.At(n), sometimes+" is always", "a range whose lower end is below 1", "write violated for a property that is always violated")
	case share.From == 0 && share.To == 1:
		return nil, s.Fail(strict.At(n), sometimes+" is any share", "a narrower range", "no trial could refute it")
	}
	return share, nil
}
