package backends

import (
	"fmt"
	"slices"
	"time"
)

// Settings is the configuration of a lock in one trial, with every option resolved.
type Settings struct {
	TTL   time.Duration // the lease; in a client's own settings, that of its lock
	unit  time.Duration // the length of 1ttl where a user wrote it; 0 means TTL
	own   []ownSettings // of clients that do not use these
	Token bool          // the guard wants a fencing token
	// Inside makes the service itself keep the trial's account, see Keeping.
	Inside bool
	all    []setting // in the order of the backend's Options
}

// Settings resolves the spec for one trial. token means that the guard wants a fencing token; a
// backend that issues none cannot be used with such a guard.
func (s Spec) Settings(ttl time.Duration, token bool) (Settings, error) {
	return s.resolve(ttl, ttl, token)
}

// ClientSettings resolves the spec for the lock of one client, which has a lease of its own. Values
// written in leases still refer to the trial's lease, unit, and so do options that concern the
// servers. Another option's default refers to the lease that the lock has.
func (s Spec) ClientSettings(unit, lease time.Duration, token bool) (Settings, error) {
	return s.resolve(unit, lease, token)
}

func (s Spec) resolve(unit, ttl time.Duration, token bool) (Settings, error) {
	if token && !s.Backend.IssuesTokens() {
		return Settings{}, fmt.Errorf("backend %s issues no fencing token, which this guard needs", s.Backend.Name())
	}
	out := s.choose(unit, ttl, token)
	for _, chosen := range out.all {
		if bad := chosen.fits(out.leaseOf(chosen)); bad != nil {
			return Settings{}, fmt.Errorf("backend %s: %w", s, bad)
		}
	}
	if checked, ok := s.Backend.(Checked); ok {
		if bad := checked.Check(out); bad != nil {
			return Settings{}, fmt.Errorf("backend %s: %w", s, bad)
		}
	}
	return out, nil
}

// Unchecked gives the settings without looking whether they fit this lease or each other: enough to
// ask a backend what it is with these options.
func (s Spec) Unchecked(ttl time.Duration) Settings { return s.choose(ttl, ttl, false) }

// choose takes of each option what was written, or else its default.
func (s Spec) choose(unit, ttl time.Duration, token bool) Settings {
	options, clients := s.Backend.Options(), clientOptions(s.Backend)
	written := slices.Concat(s.defaults, s.set) // of one option the later one wins
	out := Settings{TTL: ttl, unit: unit, Token: token, all: make([]setting, 0, len(options))}
	for _, o := range options {
		chosen, err := o.parse(o.Default)
		if err != nil {
			panic(fmt.Sprintf("backend %s: default: %v", s.Backend.Name(), err))
		}
		for _, each := range written {
			if each.option.Name == o.Name {
				chosen = each
				chosen.written = true
			}
		}
		chosen.shared = !slices.Contains(clients, o.Name)
		out.all = append(out.all, chosen)
	}
	return out
}

// Misfit is an option whose value does not fit the lease or the values of other options.
type Misfit struct {
	Option   string
	Found    string // its value, and what it conflicts with
	Expected string
}

func (m *Misfit) Error() string {
	return fmt.Sprintf("option %s is %s, expected %s", m.Option, m.Found, m.Expected)
}

// fits returns nil if the setting is neither too short nor too long under this lease.
func (s setting) fits(ttl time.Duration) *Misfit {
	if s.option.Kind != Duration {
		return nil
	}
	var expected string
	switch d := s.span.In(ttl); {
	case d > most:
		expected = fmt.Sprintf("at most %v", most)
	case d >= s.option.Least:
		return nil
	case s.option.Least == NotZero:
		expected = "more than 0"
	default:
		expected = fmt.Sprintf("at least %v", s.option.Least)
	}
	return &Misfit{Option: s.option.Name, Found: fmt.Sprintf("%s, which is %v with a lease of %v", s.span, s.span.In(ttl), ttl), Expected: expected}
}

func (s Settings) find(name string, kind OptionKind) setting {
	for _, each := range s.all {
		if each.option.Name == name && each.option.Kind == kind {
			return each
		}
	}
	panic(fmt.Sprintf("no %s option %q: a backend reads an option that it does not list", kind, name))
}

// On reads a switch.
func (s Settings) On(name string) bool { return s.find(name, Switch).on }

// Span reads a duration under the lease.
func (s Settings) Span(name string) time.Duration { return s.length(s.find(name, Duration)) }

func (s Settings) length(each setting) time.Duration { return each.span.In(s.leaseOf(each)) }

// leaseOf returns the length of 1ttl in an option's value.
func (s Settings) leaseOf(each setting) time.Duration {
	if (each.written || each.shared) && s.unit > 0 {
		return s.unit
	}
	return s.TTL
}

// ShortestWait returns the shortest timeout among the options and the name of its option; "" if
// there is none. An option that is 0 sets no limit and does not count.
func (s Settings) ShortestWait() (wait time.Duration, option string) {
	for _, each := range s.all {
		if d := s.length(each); each.option.Awaited && d > 0 && (option == "" || d < wait) {
			wait, option = d, each.option.Name
		}
	}
	return wait, option
}

// Int reads a whole number.
func (s Settings) Int(name string) int { return s.find(name, Int).n }

// Choice reads which of its words an option is set to.
func (s Settings) Choice(name string) string { return s.find(name, Choice).choice }

// Written reports whether the user or the scenario asked for this option's value; otherwise it is
// the option's own default.
func (s Settings) Written(name string) bool {
	for _, each := range s.all {
		if each.option.Name == name {
			return each.written
		}
	}
	panic(fmt.Sprintf("no option %q: a backend reads an option that it does not list", name))
}

// WithSwitch returns the settings with a switch set differently. That does not count as Written.
func (s Settings) WithSwitch(name string, on bool) Settings {
	s.find(name, Switch)
	s.all = slices.Clone(s.all)
	for i := range s.all {
		if s.all[i].option.Name == name {
			s.all[i].on = on
		}
	}
	return s
}

// WithChoice returns the settings with another of its words for an option. That does not count as
// Written.
func (s Settings) WithChoice(name, choice string) Settings {
	s.find(name, Choice)
	s.all = slices.Clone(s.all)
	for i := range s.all {
		if s.all[i].option.Name == name {
			s.all[i].choice = choice
		}
	}
	return s
}

// For returns the settings for another backend under the same lease. An option that both have, with
// the same name and kind, keeps its value; every other one has its default.
func (s Settings) For(other Backend) Settings {
	out := Settings{TTL: s.TTL, unit: s.unit, Token: s.Token, Inside: s.Inside}
	for _, each := range s.own {
		out.own = append(out.own, ownSettings{each.client, each.settings.For(other)})
	}
	for _, o := range other.Options() {
		chosen, err := o.parse(o.Default)
		if err != nil {
			panic(fmt.Sprintf("backend %s: default: %v", other.Name(), err))
		}
		for _, each := range s.all {
			if each.option.Name == o.Name && each.option.Kind == o.Kind {
				chosen = each
			}
		}
		out.all = append(out.all, chosen)
	}
	return out
}

// List returns every option with its value, for the history's header: "renew=off".
func (s Settings) List() []string {
	list := []string{fmt.Sprintf("token=%t", s.Token)}
	for _, each := range s.all {
		list = append(list, each.option.Name+"="+each.value())
	}
	return list
}
