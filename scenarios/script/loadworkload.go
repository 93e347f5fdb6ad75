package script

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/scenarios/workload"
)

// workload resolves what the clients do.
func (l *Loader) workload() error {
	w := l.file.Workload.Withdraw
	out := Workload{Kind: workload.Withdraw}
	times, name := w.Times, "times"
	if once := l.file.Workload.ChargeOnce; once.Given() {
		out.Kind = workload.ChargeOnce
		times, name = once.Jobs, "jobs"
		w = fileWithdraw{Think: once.Think, Stagger: once.Stagger, Wait: once.Wait, Discipline: once.Discipline}
	}
	if add := l.file.Workload.Add; add.Given() {
		out.Kind = workload.Add
		times = add.Times
		w = fileWithdraw{Think: add.Think, Stagger: add.Stagger, Every: add.Every}
	}
	out.Times, out.Think, out.Stagger, out.Every, out.Wait = 1, zero(w.Think.most), zero(w.Stagger.most), zero(w.Every), l.out.Until
	out.ThinkAtLeast, out.StaggerAtLeast = w.Think.drawnFrom(), w.Stagger.drawnFrom()
	if out.Disciplines = w.Discipline.All(); len(out.Disciplines) == 0 {
		out.Disciplines = []Discipline{{Kind: workload.Attentive}}
	}
	for _, d := range w.Discipline.list {
		if d.Kind == workload.Late {
			if err := l.sane("late", strict.Span{Place: d.Place, Span: d.Late}); err != nil {
				return err
			}
		}
	}
	if times.Given() {
		if times.N < 1 || times.N > maxTimes {
			return l.Fail(times.Place, fmt.Sprintf("%s is %d", name, times.N), fmt.Sprintf("1 to %d", maxTimes), "")
		}
		out.Times = times.N
	}
	if w.Wait.Given() {
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

// With returns the workload with its clients' disciplines replaced by d. It returns false if the
// clients take no lock and so have no discipline.
func (w FileWorkload) With(d FileDisciplines) (FileWorkload, bool) {
	switch {
	case w.Add.Given():
		return w, false
	case w.ChargeOnce.Given():
		w.ChargeOnce.Discipline = d
	default:
		w.Withdraw.Discipline = d
	}
	return w, true
}

// Read reads a scenario's workload, of which there must be exactly one.
func (w *FileWorkload) Read(s *strict.Source, name string, n ast.Node) error {
	entries, ok, err := s.Entries(n)
	switch names := []string{string(workload.Withdraw), string(workload.ChargeOnce), string(workload.Add)}; {
	case err != nil:
		return err
	case ok && len(entries) == 0:
		return s.Fail(strict.At(n), "workload is empty", strict.Listed(names), "")
	case ok && len(entries) > 1:
		return s.Fail(entries[1].Key.Place, "workload has more than one kind", "one of "+strict.Listed(names), "")
	}
	return s.DecodeFields(name, n, w)
}

// ownClients resolves the settings in which single clients differ from the others.
func (l *Loader) ownClients() error {
	for _, f := range l.file.Client.list {
		if f.number.N < 1 || f.number.N > l.out.Clients {
			return l.Fail(f.number.Place, fmt.Sprintf("client %d does not exist", f.number.N), fmt.Sprintf("1 to %d", l.out.Clients), "")
		}
		own, err := l.ownClient(f)
		if err != nil {
			return err
		}
		l.out.Own = append(l.out.Own, own)
	}
	return nil
}

func (l *Loader) ownClient(f numberedClient) (OwnClient, error) {
	own := OwnClient{Index: f.number.N - 1}
	if f.Think.Given() {
		own.Think, own.ThinkAtLeast = &f.Think.most.Span, f.Think.drawnFrom()
	}
	if f.Wait.Given() {
		own.Wait = &f.Wait.Span
	}
	if f.Discipline.Given() {
		own.Discipline = &f.Discipline.Discipline
	}
	if f.TTL.Given() {
		own.TTL = &f.TTL.Span
	}
	for _, o := range f.Lock.List {
		own.Lock = append(own.Lock, LockOption{o.Name.Text, o.Value.Text})
	}
	if l.out.Adds() && (f.Wait.Given() || f.Discipline.Given() || f.TTL.Given()) {
		return own, l.Fail(firstGiven(f.Wait.Place, f.Discipline.Place, f.TTL.Place), fmt.Sprintf("client %d has settings for a lock, but clients that add elements take none", f.number.N),
			"think, times or lock", "leave wait, discipline and ttl out")
	}
	nothing := own.Think == nil && own.Wait == nil && own.Discipline == nil && !f.Times.Given() && !own.Locks()
	switch lease := own.Lease(l.out.TTL); {
	case nothing:
		return own, l.Fail(f.number.Place, fmt.Sprintf("client %d has no settings of its own", f.number.N), strict.Listed(strict.NamesOf(strict.KeysOf(reflect.TypeFor[fileClient]()))), "")
	case f.Times.Given() && l.out.Workload.Kind == workload.ChargeOnce:
		return own, l.Fail(f.Times.Place, "a client sets its own number of jobs", "jobs, which all clients share", "set jobs in charge-once")
	case f.Times.Given() && (f.Times.N < 1 || f.Times.N > maxTimes):
		return own, l.Fail(f.Times.Place, fmt.Sprintf("times is %d", f.Times.N), fmt.Sprintf("1 to %d", maxTimes), "")
	case lease < MinTTL || lease > MaxTime:
		return own, l.Fail(f.TTL.Place, fmt.Sprintf("a lease of %s", f.TTL), fmt.Sprintf("from %s to %s", MinTTL, Short(MaxTime)), "")
	}
	own.Times = f.Times.N
	late := strict.Span{Place: f.Discipline.Place, Span: f.Discipline.Late}
	for _, err := range []error{l.even(f.Think), l.sane("think", f.Think.most), l.sane("wait", f.Wait), l.sane("late", late)} {
		if err != nil {
			return own, err
		}
	}
	return own, l.ownLock(own, f)
}

// firstGiven returns the first of these places that the file gives, or the zero place.
func firstGiven(all ...strict.Place) strict.Place {
	for _, p := range all {
		if p.Given() {
			return p
		}
	}
	return strict.Place{}
}

// ownLock checks that a client may choose the options of its lock for itself, and that every
// backend can run with them and with the client's lease.
func (l *Loader) ownLock(own OwnClient, f numberedClient) error {
	for _, o := range f.Lock.List {
		used := false
		var names []string
		for _, spec := range l.specs {
			for _, name := range optionNames(nil, spec.Backend) {
				if backends.IsClients(spec.Backend, name) && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			_, has, err := spec.With(o.Name.Text, o.Value.Text)
			switch {
			case err != nil:
				return l.badValue(o.Value.Place, err, "a value that backend "+spec.Backend.Name()+" takes")
			case has && !backends.IsClients(spec.Backend, o.Name.Text):
				return l.Fail(o.Name.Place, fmt.Sprintf("option %s of backend %s cannot be set for a single client", o.Name.Text, spec.Backend.Name()),
					optionsOrNone(names), "it applies to all clients: set it under the scenario's lock, or with the backend")
			}
			used = used || has
		}
		if !used {
			return l.Fail(o.Name.Place, fmt.Sprintf("no backend of this scenario has option %s", strict.Quoted(o.Name.Text)), optionsOrNone(names), strict.DidYouMean(o.Name.Text, names))
		}
	}
	if !own.Locks() {
		return nil
	}
	for _, spec := range l.specs {
		_, err := own.Settings(spec, l.out.TTL, false)
		bad, misfit := errors.AsType[*backends.Misfit](err)
		switch {
		case misfit:
			at := f.number.Place
			if f.TTL.Given() {
				at = f.TTL.Place
			}
			for _, o := range f.Lock.List {
				if o.Name.Text == bad.Option {
					at = o.Value.Place
				}
			}
			return l.Fail(at, fmt.Sprintf("client %d with backend %s: option %s is %s", f.number.N, spec, bad.Option, bad.Found), bad.Expected, "")
		case err != nil:
			return err
		}
	}
	return nil
}

func optionsOrNone(names []string) string {
	if len(names) == 0 {
		return "nothing: the backends of this scenario have no options for single clients"
	}
	return strict.Listed(names)
}
