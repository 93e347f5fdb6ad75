package script

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
)

// enlisted is a lock service that the scenario runs with.
type enlisted struct {
	spec  backends.Spec
	at    strict.Place // where the file names it, or the set that it comes from
	bySet bool
}

// lockServices resolves the backends. Left out, they are all registered ones that the scenario can
// run with, which is also how a set works.
func (l *Loader) lockServices() error {
	var list []enlisted
	if !l.file.Backends.Given() {
		for _, b := range l.known.Registry {
			if l.able(b) {
				list = append(list, enlisted{spec: backends.Spec{Backend: b}})
			}
		}
	}
	for _, w := range l.file.Backends.List {
		var err error
		if set, is := services.Named(w.Text); is {
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
func (l *Loader) enlist(list []enlisted, w strict.Word) ([]enlisted, error) {
	spec, err := l.Spec(w)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		switch {
		case e.spec.String() != spec.String():
		case e.bySet:
			return list, nil
		default:
			return nil, l.Fail(w.Place, fmt.Sprintf("backends names %s twice", spec), "each backend once", "")
		}
	}
	if l.out.Inside && !backends.Keeps(spec.Backend, ledger.None) {
		return nil, l.Fail(w.Place, keepsNone(spec.Backend), strict.Listed(l.keeping()), withoutIt)
	}
	if l.file.Workload.Add.Given() && !backends.KeepsSet(spec.Backend) {
		return nil, l.Fail(w.Place, keepsNoSet(spec.Backend), cmp.Or(strict.Listed(l.keepingSets()), "a lock service that keeps sets"), "leave backends out to run all that do")
	}
	return append(list, enlisted{spec: spec, at: w.Place}), nil
}

// enlistSet adds those services of a set that can run and are not in the list yet. It then sorts
// the list into the order of tables, with each service before its option sets. Services named after
// the last set stay at the end.
func (l *Loader) enlistSet(list []enlisted, w strict.Word, set services.Set) ([]enlisted, error) {
	l.useSet(set)
	some := false
	for _, b := range set.Of(l.known.Registry) {
		if !l.able(b) {
			continue
		}
		some = true
		if !slices.ContainsFunc(list, func(e enlisted) bool { return e.spec.String() == b.Name() }) {
			list = append(list, enlisted{spec: backends.Spec{Backend: b}, at: w.Place, bySet: true})
		}
	}
	if !some {
		return nil, l.Fail(w.Place, fmt.Sprintf("the set %s has no lock service that this scenario can run with", set.Name),
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
func (l *Loader) useSet(s services.Set) {
	if !slices.Contains(l.out.sets, s.Name) {
		l.out.sets = append(l.out.sets, s.Name)
	}
}

// able reports whether a service has what the workload needs besides the lock: the account, if the
// service is to keep it, or a set.
func (l *Loader) able(b backends.Backend) bool {
	return !(l.out.Inside && !backends.Keeps(b, ledger.None)) && !(l.file.Workload.Add.Given() && !backends.KeepsSet(b))
}

// Spec parses a backend with its options, such as redis+renew.
func (l *Loader) Spec(w strict.Word) (backends.Spec, error) {
	name, _, _ := strings.Cut(w.Text, "+")
	b, err := l.known.Registry.Find(name)
	if err != nil {
		var names []string
		for _, b := range l.known.Registry {
			names = append(names, b.Name())
		}
		if _, is := services.Named(name); is {
			return backends.Spec{}, l.Fail(w.Place, fmt.Sprintf("%s is a set of lock services and takes no options", name),
				name+" without any option, or services by name with theirs", "")
		}
		return backends.Spec{}, l.Fail(w.Place, fmt.Sprintf("there is no backend %s", strict.Quoted(name)), strict.Listed(names), strict.DidYouMean(name, append(names, services.Names()...)))
	}
	names := optionNames(nil, b)
	for _, part := range strings.Split(w.Text, "+")[1:] {
		option, _, _ := strings.Cut(part, "=")
		if !slices.Contains(names, option) {
			return backends.Spec{}, l.Fail(w.Place, fmt.Sprintf("backend %s has no option %s", name, strict.Quoted(option)),
				shapeOf(b), strict.DidYouMean(option, names))
		}
	}
	spec, err := l.known.Registry.ParseSpec(w.Text)
	if err != nil {
		return backends.Spec{}, l.badValue(w.Place, err, shapeOf(b))
	}
	return spec, nil
}

// badValue returns the error for an option's value.
func (l *Loader) badValue(at strict.Place, err error, expected string) error {
	if errors.Is(err, sim.ErrSpan) {
		return l.Fail(at, strings.TrimSuffix(err.Error(), ": "+sim.ErrSpan.Error()), strict.SpanShape(), "")
	}
	return l.Fail(at, err.Error(), expected, "")
}

// optionNames appends the names of a backend's options to names, each only once.
func optionNames(names []string, b backends.Backend) []string {
	for _, o := range b.Options() {
		if !slices.Contains(names, o.Name) {
			names = append(names, o.Name)
		}
	}
	return names
}

// shapeOf describes how to write a backend with its options.
func shapeOf(b backends.Backend) string {
	text := b.Name()
	var options []string
	for _, o := range b.Options() {
		if o.Kind != backends.Switch {
			options = append(options, "+"+o.Name+"="+o.Default)
			continue
		}
		options = append(options, "+"+o.Name)
	}
	if len(options) == 0 {
		return text + " without any option"
	}
	return text + ", with or without " + strict.Listed(options)
}

// lockOptions resolves the scenario's lock options. Each becomes the default of every backend that
// has it, and at least one backend must.
func (l *Loader) lockOptions() error {
	defer func() { l.out.specs = l.specs }()
	for _, o := range l.file.Lock.List {
		used := false
		var names []string
		for i, spec := range l.specs {
			names = optionNames(names, spec.Backend)
			with, has, err := spec.WithDefault(o.Name.Text, o.Value.Text)
			if err != nil {
				return l.badValue(o.Value.Place, err, "a value that backend "+spec.Backend.Name()+" takes")
			}
			used = used || has
			l.specs[i] = with
		}
		if !used {
			expected := strict.Listed(names)
			if expected == "" {
				expected = "nothing: the backends of this scenario have no options"
			}
			return l.Fail(o.Name.Place, fmt.Sprintf("no backend of this scenario has an option %s", strict.Quoted(o.Name.Text)),
				expected, strict.DidYouMean(o.Name.Text, names))
		}
		l.out.Lock = append(l.out.Lock, LockOption{Name: o.Name.Text, Value: o.Value.Text})
	}
	return nil
}

// settings checks that every backend can run with its options under this lease.
func (l *Loader) settings() error {
	for i, spec := range l.specs {
		_, err := spec.Settings(l.out.TTL, false)
		if err == nil {
			continue
		}
		bad, ok := errors.AsType[*backends.Misfit](err)
		if !ok {
			return err
		}
		at := l.file.TTL.Place // blame the lease unless an option was chosen
		if spec.String() != spec.Backend.Name() {
			at = l.named[i]
		}
		for _, o := range l.file.Lock.List {
			if o.Name.Text == bad.Option && !spec.Sets(bad.Option) {
				at = o.Value.Place
			}
		}
		return l.Fail(at, fmt.Sprintf("backend %s: option %s is %s", spec, bad.Option, bad.Found), bad.Expected, "")
	}
	return nil
}
