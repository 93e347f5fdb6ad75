package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// spec parses a backend with its options, such as redis+renew.
func (l *loader) spec(w word) (backends.Spec, error) {
	name, _, _ := strings.Cut(w.text, "+")
	b, err := l.known.Registry.Find(name)
	if err != nil {
		var names []string
		for _, b := range l.known.Registry {
			names = append(names, b.Name())
		}
		if _, is := setNamed(name); is {
			return backends.Spec{}, l.fail(w.place, fmt.Sprintf("%s is a set of lock services and takes no options", name),
				name+" without any option, or services by name with theirs", "")
		}
		return backends.Spec{}, l.fail(w.place, fmt.Sprintf("there is no backend %s", quoted(name)), listed(names), didYouMean(name, append(names, setNames()...)))
	}
	names := optionNames(nil, b)
	for _, part := range strings.Split(w.text, "+")[1:] {
		option, _, _ := strings.Cut(part, "=")
		if !slices.Contains(names, option) {
			return backends.Spec{}, l.fail(w.place, fmt.Sprintf("backend %s has no option %s", name, quoted(option)),
				shapeOf(b), didYouMean(option, names))
		}
	}
	spec, err := l.known.Registry.ParseSpec(w.text)
	if err != nil {
		return backends.Spec{}, l.badValue(w.place, err, shapeOf(b))
	}
	return spec, nil
}

// badValue returns the error for an option's value.
func (l *loader) badValue(at place, err error, expected string) error {
	if errors.Is(err, sim.ErrSpan) {
		return l.fail(at, strings.TrimSuffix(err.Error(), ": "+sim.ErrSpan.Error()), spanShape(), "")
	}
	return l.fail(at, err.Error(), expected, "")
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
	return text + ", with or without " + listed(options)
}

// lockOptions resolves the scenario's lock options. Each becomes the default of every backend that
// has it, and at least one backend must.
func (l *loader) lockOptions() error {
	defer func() { l.out.specs = l.specs }()
	for _, o := range l.file.Lock.list {
		used := false
		var names []string
		for i, spec := range l.specs {
			names = optionNames(names, spec.Backend)
			with, has, err := spec.WithDefault(o.name.text, o.value.text)
			if err != nil {
				return l.badValue(o.value.place, err, "a value that backend "+spec.Backend.Name()+" takes")
			}
			used = used || has
			l.specs[i] = with
		}
		if !used {
			expected := listed(names)
			if expected == "" {
				expected = "nothing: the backends of this scenario have no options"
			}
			return l.fail(o.name.place, fmt.Sprintf("no backend of this scenario has an option %s", quoted(o.name.text)),
				expected, didYouMean(o.name.text, names))
		}
		l.out.Lock = append(l.out.Lock, LockOption{Name: o.name.text, Value: o.value.text})
	}
	return nil
}

// settings checks that every backend can run with its options under this lease.
func (l *loader) settings() error {
	for i, spec := range l.specs {
		_, err := spec.Settings(l.out.TTL, false)
		if err == nil {
			continue
		}
		bad, ok := errors.AsType[*backends.Misfit](err)
		if !ok {
			return err
		}
		at := l.file.TTL.place // blame the lease unless an option was chosen
		if spec.String() != spec.Backend.Name() {
			at = l.named[i]
		}
		for _, o := range l.file.Lock.list {
			if o.name.text == bad.Option && !spec.Sets(bad.Option) {
				at = o.value.place
			}
		}
		return l.fail(at, fmt.Sprintf("backend %s: option %s is %s", spec, bad.Option, bad.Found), bad.Expected, "")
	}
	return nil
}
