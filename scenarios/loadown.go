package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/locklab/locklab/backends"
)

// ownClients resolves the settings in which single clients differ from the others.
func (l *loader) ownClients() error {
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

func (l *loader) ownClient(f numberedClient) (OwnClient, error) {
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
		return own, l.fail(firstGiven(f.Wait.place, f.Discipline.place, f.TTL.place), fmt.Sprintf("client %d has settings for a lock, but clients that add elements take none", f.number.n),
			"think, times or lock", "leave wait, discipline and ttl out")
	}
	nothing := own.Think == nil && own.Wait == nil && own.Discipline == nil && !f.Times.given() && !own.locks()
	switch lease := own.lease(l.out.TTL); {
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
	late := span{f.Discipline.place, f.Discipline.Late}
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
func (l *loader) ownLock(own OwnClient, f numberedClient) error {
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
	if !own.locks() {
		return nil
	}
	for _, spec := range l.specs {
		_, err := own.settings(spec, l.out.TTL, false)
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
