package scenarios

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// workload resolves what the clients do.
func (l *loader) workload() error {
	w := l.file.Workload.Withdraw
	out := Workload{Kind: Withdraw}
	times, name := w.Times, "times"
	if once := l.file.Workload.ChargeOnce; once.given() {
		out.Kind = ChargeOnce
		times, name = once.Jobs, "jobs"
		w = fileWithdraw{Think: once.Think, Stagger: once.Stagger, Wait: once.Wait, Discipline: once.Discipline}
	}
	if add := l.file.Workload.Add; add.given() {
		out.Kind = Add
		times = add.Times
		w = fileWithdraw{Think: add.Think, Stagger: add.Stagger, Every: add.Every}
	}
	out.Times, out.Think, out.Stagger, out.Every, out.Wait = 1, zero(w.Think.most), zero(w.Stagger.most), zero(w.Every), l.out.Until
	out.ThinkAtLeast, out.StaggerAtLeast = w.Think.drawnFrom(), w.Stagger.drawnFrom()
	if out.Disciplines = w.Discipline.all(); len(out.Disciplines) == 0 {
		out.Disciplines = []Discipline{{Kind: Attentive}}
	}
	for _, d := range w.Discipline.list {
		if d.Kind == Late {
			if err := l.sane("late", span{d.place, d.Late}); err != nil {
				return err
			}
		}
	}
	if times.given() {
		if times.n < 1 || times.n > maxTimes {
			return l.fail(times.place, fmt.Sprintf("%s is %d", name, times.n), fmt.Sprintf("1 to %d", maxTimes), "")
		}
		out.Times = times.n
	}
	if w.Wait.given() {
		out.Wait = w.Wait.Span
	}
	l.out.Workload = out
	for _, err := range []error{l.even(w.Think), l.even(w.Stagger), l.sane("think", w.Think.most), l.sane("stagger", w.Stagger.most), l.sane("every", w.Every), l.sane("wait", w.Wait)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// of returns the workload with its clients' disciplines replaced by d. It returns false if the
// clients take no lock and so have no discipline.
func (w fileWorkload) of(d fileDisciplines) (fileWorkload, bool) {
	switch {
	case w.Add.given():
		return w, false
	case w.ChargeOnce.given():
		w.ChargeOnce.Discipline = d
	default:
		w.Withdraw.Discipline = d
	}
	return w, true
}

// read reads a scenario's workload, of which there must be exactly one.
func (w *fileWorkload) read(s *source, name string, n ast.Node) error {
	entries, ok, err := s.entries(n)
	switch names := []string{string(Withdraw), string(ChargeOnce), string(Add)}; {
	case err != nil:
		return err
	case ok && len(entries) == 0:
		return s.fail(at(n), "workload is empty", listed(names), "")
	case ok && len(entries) > 1:
		return s.fail(entries[1].key.place, "workload has more than one kind", "one of "+listed(names), "")
	}
	return s.decodeFields(name, n, w)
}
