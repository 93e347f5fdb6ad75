package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
)

// enlisted is a lock service that the scenario runs with.
type enlisted struct {
	spec  backends.Spec
	at    place // where the file names it, or the set that it comes from
	bySet bool
}

// lockServices resolves the backends. Left out, they are all registered ones that the scenario can
// run with, which is also how a set works.
func (l *loader) lockServices() error {
	var list []enlisted
	if !l.file.Backends.given() {
		for _, b := range l.known.Registry {
			if l.able(b) {
				list = append(list, enlisted{spec: backends.Spec{Backend: b}})
			}
		}
	}
	for _, w := range l.file.Backends.list {
		var err error
		if set, is := setNamed(w.text); is {
			list, err = l.enlistSet(list, w, set)
		} else {
			list, err = l.enlist(list, w)
		}
		if err != nil {
			return err
		}
	}
	for _, e := range list {
		l.specs = append(l.specs, e.spec)
		l.named = append(l.named, e.at)
		l.out.Backends = append(l.out.Backends, e.spec.String())
	}
	return nil
}

// enlist adds a service that the file names by itself. A service that an earlier set already added
// is not added again and is not an error.
func (l *loader) enlist(list []enlisted, w word) ([]enlisted, error) {
	spec, err := l.spec(w)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		switch {
		case e.spec.String() != spec.String():
		case e.bySet:
			return list, nil
		default:
			return nil, l.fail(w.place, fmt.Sprintf("backends names %s twice", spec), "each backend once", "")
		}
	}
	if l.out.Inside && !backends.Keeps(spec.Backend, ledger.None) {
		return nil, l.fail(w.place, keepsNone(spec.Backend), listed(l.keeping()), withoutIt)
	}
	if l.file.Workload.Add.given() && !backends.KeepsSet(spec.Backend) {
		return nil, l.fail(w.place, keepsNoSet(spec.Backend), cmp.Or(listed(l.keepingSets()), "a lock service that keeps sets"), "leave backends out to run all that do")
	}
	return append(list, enlisted{spec: spec, at: w.place}), nil
}

// enlistSet adds those services of a set that can run and are not in the list yet. It then sorts
// the list into the order of tables, with each service before its option sets. Services named after
// the last set stay at the end.
func (l *loader) enlistSet(list []enlisted, w word, set Set) ([]enlisted, error) {
	l.useSet(set)
	some := false
	for _, b := range set.Of(l.known.Registry) {
		if !l.able(b) {
			continue
		}
		some = true
		if !slices.ContainsFunc(list, func(e enlisted) bool { return e.spec.String() == b.Name() }) {
			list = append(list, enlisted{spec: backends.Spec{Backend: b}, at: w.place, bySet: true})
		}
	}
	if !some {
		return nil, l.fail(w.place, fmt.Sprintf("the set %s has no lock service that this scenario can run with", set.Name),
			"a set with such a service, or services by name", set.Name+": "+set.Says)
	}
	rank := func(e enlisted) int {
		return slices.IndexFunc(l.known.Registry, func(b backends.Backend) bool { return b.Name() == e.spec.Backend.Name() })
	}
	bare := func(e enlisted) int { return min(1, strings.Count(e.spec.String(), "+")) }
	slices.SortStableFunc(list, func(a, b enlisted) int { return cmp.Or(rank(a)-rank(b), bare(a)-bare(b)) })
	return list, nil
}

// useSet records that the script uses a set, so that whoever reads the script can be shown what the
// set means.
func (l *loader) useSet(s Set) {
	if !slices.Contains(l.out.sets, s.Name) {
		l.out.sets = append(l.out.sets, s.Name)
	}
}

// able reports whether a service has what the workload needs besides the lock: the account, if the
// service is to keep it, or a set.
func (l *loader) able(b backends.Backend) bool {
	return !(l.out.Inside && !backends.Keeps(b, ledger.None)) && !(l.file.Workload.Add.given() && !backends.KeepsSet(b))
}
