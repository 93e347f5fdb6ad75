package backends

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// OptionKind says what an option's value looks like.
type OptionKind string

// The kinds of option.
const (
	Switch   OptionKind = "switch"   // on or off; naming the option alone turns it on
	Duration OptionKind = "duration" // a sim.Span: "250ms", "0.3ttl"
	Int      OptionKind = "int"      // a whole number between Min and Max
	Choice   OptionKind = "choice"   // one of Choices
)

// Option is a setting of a backend.
type Option struct {
	Name     string
	Kind     OptionKind
	Default  string        // as it would be written in a spec
	Doc      string        // one line
	Min, Max int           // of an Int
	Choices  []string      // of a Choice
	Least    time.Duration // of a Duration, under the trial's lease
	// Awaited marks a Duration that is a timeout: a peer that is slower is taken for gone. A live
	// trial therefore needs a machine that is quicker than that.
	Awaited bool
}

// NotZero is the Least of waits that may be as short as one likes. With no wait at all a client
// would repeat the same step forever, and no time would pass.
const NotZero = time.Nanosecond

// most bounds every Duration so that no sum or multiple of them overflows.
const most = 100_000 * time.Hour

// Spec is a backend with options, as the user writes it: "redis+renew+retry=0.1ttl".
type Spec struct {
	Backend  Backend
	set      []setting
	defaults []setting // replace the options' own; not part of the spec's name
}

type setting struct {
	option Option
	on     bool     // of a Switch
	span   sim.Span // of a Duration
	n      int      // of an Int
	choice string   // of a Choice

	written bool // asked for, not the option's own default
	shared  bool // the same for all clients of a trial
}

// ParseSpec reads NAME, then any number of +OPTION or +OPTION=VALUE. Its error says what was found
// and what was expected.
func (r Registry) ParseSpec(text string) (Spec, error) {
	name, rest, more := strings.Cut(text, "+")
	b, err := r.Find(name)
	if err != nil {
		return Spec{}, err
	}
	spec := Spec{Backend: b}
	for more {
		var part string
		part, rest, more = strings.Cut(rest, "+")
		s, err := parseSetting(b, part)
		if err != nil {
			return Spec{}, err
		}
		for _, earlier := range spec.set {
			if earlier.option.Name == s.option.Name {
				return Spec{}, fmt.Errorf("backend %q sets %s twice", text, s.option.Name)
			}
		}
		spec.set = append(spec.set, s)
	}
	return spec, nil
}

func parseSetting(b Backend, part string) (setting, error) {
	name, value, given := strings.Cut(part, "=")
	var names []string
	for _, o := range b.Options() {
		names = append(names, o.Name)
		if o.Name != name {
			continue
		}
		if !given && o.Kind == Switch {
			value = "on"
		}
		return o.parse(value)
	}
	if len(names) == 0 {
		return setting{}, fmt.Errorf("backend %s has no option %q: it has none at all", b.Name(), name)
	}
	return setting{}, fmt.Errorf("backend %s has no option %q, expected one of %s", b.Name(), name, strings.Join(names, ", "))
}

func (o Option) parse(value string) (setting, error) {
	switch o.Kind {
	case Switch:
		if value != "on" && value != "off" {
			return setting{}, fmt.Errorf("option %s is %q, expected on or off", o.Name, value)
		}
		return setting{option: o, on: value == "on"}, nil
	case Duration:
		span, err := sim.ParseSpan(value)
		if err != nil {
			return setting{}, fmt.Errorf("option %s: %w", o.Name, err)
		}
		return setting{option: o, span: span}, nil
	case Int:
		n, err := strconv.Atoi(value)
		if err != nil || n < o.Min || n > o.Max {
			return setting{}, fmt.Errorf("option %s is %q, expected a whole number from %d to %d", o.Name, value, o.Min, o.Max)
		}
		return setting{option: o, n: n}, nil
	case Choice:
		if !slices.Contains(o.Choices, value) {
			return setting{}, fmt.Errorf("option %s is %q, expected one of %s", o.Name, value, strings.Join(o.Choices, ", "))
		}
		return setting{option: o, choice: value}, nil
	}
	panic(fmt.Sprintf("option %s has the unknown kind %q", o.Name, o.Kind))
}

// value returns the setting as it would be written in a spec.
func (s setting) value() string {
	switch s.option.Kind {
	case Switch:
		if s.on {
			return "on"
		}
		return "off"
	case Duration:
		return s.span.String()
	case Int:
		return strconv.Itoa(s.n)
	case Choice:
		return s.choice
	}
	panic(fmt.Sprintf("option %s has the unknown kind %q", s.option.Name, s.option.Kind))
}

// String returns the spec as it was written, which is also its name in reports.
func (s Spec) String() string {
	text := s.Backend.Name()
	for _, each := range s.set {
		text += "+" + each.option.Name
		if each.option.Kind != Switch || !each.on {
			text += "=" + each.value()
		}
	}
	return text
}

// Sets reports whether the user wrote an option.
func (s Spec) Sets(name string) bool {
	return slices.ContainsFunc(s.set, func(each setting) bool { return each.option.Name == name })
}

// WithDefault returns the spec with another default for one option: what the spec itself says still
// wins, and the spec keeps its name. It returns false and the unchanged spec if the backend has no
// such option, and an error if the option does not accept the value.
func (s Spec) WithDefault(name, value string) (Spec, bool, error) {
	for _, o := range s.Backend.Options() {
		if o.Name != name {
			continue
		}
		d, err := o.parse(value)
		if err != nil {
			return Spec{}, true, fmt.Errorf("backend %s: %w", s.Backend.Name(), err)
		}
		s.defaults = append(slices.Clip(s.defaults), d) // a copy: other specs may share the array
		return s, true, nil
	}
	return s, false, nil
}

// Profiled is a backend that is another one with different defaults, such as a library's.
type Profiled interface {
	Backend
	// Service names the backend whose profile this is.
	Service() string
}

// Service names the lock service that a backend is or is a profile of.
func Service(b Backend) string {
	if p, ok := b.(Profiled); ok {
		return p.Service()
	}
	return b.Name()
}

// Covers reports whether a statement about s also applies to other: other is the same service or a
// profile of it, and has the options that s names, set or defaulting to the same values.
func (s Spec) Covers(other Spec) bool {
	if name := s.Backend.Name(); name != other.Backend.Name() && name != Service(other.Backend) {
		return false
	}
	return !slices.ContainsFunc(s.set, func(each setting) bool { return other.has(each.option.Name) != each.value() })
}

// Precision says how closely s describes what it Covers: the number of options it names, plus one
// if it names a profile.
func (s Spec) Precision() int {
	n := len(s.set)
	if Service(s.Backend) != s.Backend.Name() {
		n++
	}
	return n
}

// has returns the value of an option as it would be written, or "" if there is no such option.
func (s Spec) has(name string) string {
	value := ""
	for _, o := range s.Backend.Options() {
		if o.Name == name {
			value = o.Default
		}
	}
	for _, each := range slices.Concat(s.defaults, s.set) { // the later one wins
		if each.option.Name == name {
			value = each.value()
		}
	}
	return value
}
