package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/locklab/locklab/backends"
)

// workload resolves what the clients do.
func (l *Loader) workload() error {
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
			if err := l.sane("late", span{place: d.place, Span: d.Late}); err != nil {
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

// With returns the workload with its clients' disciplines replaced by d. It returns false if the
// clients take no lock and so have no discipline.
func (w fileWorkload) With(d fileDisciplines) (fileWorkload, bool) {
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
func (w *fileWorkload) Read(s *source, name string, n ast.Node) error {
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

// ownClients resolves the settings in which single clients differ from the others.
func (l *Loader) ownClients() error {
	for _, f := range l.file.Client.list {
		if f.number.n < 1 || f.number.n > l.out.Clients {
			return l.fail(f.number.place, fmt.Sprintf("client %d does not exist", f.number.n), fmt.Sprintf("1 to %d", l.out.Clients), "")
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
	own := OwnClient{Index: f.number.n - 1}
	if f.Think.given() {
		own.Think, own.ThinkAtLeast = &f.Think.most.Span, f.Think.drawnFrom()
	}
	if f.Wait.given() {
		own.Wait = &f.Wait.Span
	}
	if f.Discipline.given() {
		own.Discipline = &f.Discipline.Discipline
	}
	if f.TTL.given() {
		own.TTL = &f.TTL.Span
	}
	for _, o := range f.Lock.list {
		own.Lock = append(own.Lock, LockOption{o.name.text, o.value.text})
	}
	if l.out.Workload.Kind == Add && (f.Wait.given() || f.Discipline.given() || f.TTL.given()) {
		return own, l.fail(firstGiven(f.Wait.place, f.Discipline.place, f.TTL.place), fmt.Sprintf("client %d has lock settings of its own", f.number.n),
			"think, times or lock; clients that add elements take no lock", "leave wait, discipline and ttl out")
	}
	nothing := own.Think == nil && own.Wait == nil && own.Discipline == nil && !f.Times.given() && !own.Locks()
	switch lease := own.Lease(l.out.TTL); {
	case nothing:
		return own, l.fail(f.number.place, fmt.Sprintf("client %d has no settings of its own", f.number.n), listed(namesOf(keysOf(reflect.TypeFor[fileClient]()))), "")
	case f.Times.given() && l.out.Workload.Kind == ChargeOnce:
		return own, l.fail(f.Times.place, "a client sets its own number of jobs", "jobs, which all clients share", "set jobs in charge-once")
	case f.Times.given() && (f.Times.n < 1 || f.Times.n > maxTimes):
		return own, l.fail(f.Times.place, fmt.Sprintf("times is %d", f.Times.n), fmt.Sprintf("1 to %d", maxTimes), "")
	case lease < minTTL || lease > maxTime:
		return own, l.fail(f.TTL.place, fmt.Sprintf("a lease of %s", f.TTL), fmt.Sprintf("from %s to %s", minTTL, short(maxTime)), "")
	}
	own.Times = f.Times.n
	late := span{place: f.Discipline.place, Span: f.Discipline.Late}
	for _, err := range []error{l.even(f.Think), l.sane("think", f.Think.most), l.sane("wait", f.Wait), l.sane("late", late)} {
		if err != nil {
			return own, err
		}
	}
	return own, l.ownLock(own, f)
}

// firstGiven returns the first of these places that the file gives, or the zero place.
func firstGiven(all ...place) place {
	for _, p := range all {
		if p.given() {
			return p
		}
	}
	return place{}
}

// ownLock checks that a client may choose the options of its lock for itself, and that every
// backend can run with them and with the client's lease.
func (l *Loader) ownLock(own OwnClient, f numberedClient) error {
	for _, o := range f.Lock.list {
		used := false
		var names []string
		for _, spec := range l.specs {
			for _, name := range optionNames(nil, spec.Backend) {
				if backends.IsClients(spec.Backend, name) && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			_, has, err := spec.With(o.name.text, o.value.text)
			switch {
			case err != nil:
				return l.badValue(o.value.place, err, "a value that backend "+spec.Backend.Name()+" takes")
			case has && !backends.IsClients(spec.Backend, o.name.text):
				return l.fail(o.name.place, fmt.Sprintf("option %s of backend %s cannot be set for a single client", o.name.text, spec.Backend.Name()),
					optionsOrNone(names), "it applies to all clients: set it under the scenario's lock, or with the backend")
			}
			used = used || has
		}
		if !used {
			return l.fail(o.name.place, fmt.Sprintf("no backend of this scenario has option %s", quoted(o.name.text)), optionsOrNone(names), didYouMean(o.name.text, names))
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
			at := f.number.place
			if f.TTL.given() {
				at = f.TTL.place
			}
			for _, o := range f.Lock.list {
				if o.name.text == bad.Option {
					at = o.value.place
				}
			}
			return l.fail(at, fmt.Sprintf("client %d with backend %s: option %s is %s", f.number.n, spec, bad.Option, bad.Found), bad.Expected, "")
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
	return listed(names)
}
