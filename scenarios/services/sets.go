package services

import (
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// Set is a name that scripts may use for all lock services of a kind. Membership follows from what
// the services say about themselves, so a new one enters the scripts whose sets it fits, and no
// list is kept by hand.
type Set struct {
	Name string
	Says string // which services are in it, in a few words
	of   kind
	has  func(backends.Backend, backends.Settings) bool // nil: every one of that kind
}

// kind separates services in their own right from what is built on them.
type kind string

const (
	ofServices  kind = "service"
	ofLibraries kind = "library" // uses a service's servers, with its own code
	ofProfiles  kind = "profile" // an option set of a service that stands for a library
)

// sets holds the sets in the order of tables.
var sets = []Set{
	{"leased", "services whose leases expire because nobody renews them", ofServices, func(b backends.Backend, s backends.Settings) bool {
		return len(b.Servers(s)) > 0 && !backends.Renews(b, s)
	}},
	{"sessions", "services whose clients keep their leases alive while they hold the lock", ofServices, backends.Renews},
	{"fenced", "services that issue fencing tokens", ofServices, func(b backends.Backend, _ backends.Settings) bool {
		return b.IssuesTokens()
	}},
	{"consensus", "services whose servers elect a leader", ofServices, func(b backends.Backend, s backends.Settings) bool {
		return slices.Contains(b.Parts(s), sim.Leader)
	}},
	{"quorum", "services made of independent servers whose votes the client counts", ofServices, func(b backends.Backend, s backends.Settings) bool {
		return len(b.Servers(s)) > 0 && !slices.Contains(b.Never(s), sim.NodeGranted)
	}},
	{"libraries", "lock libraries as people use them", ofLibraries, nil},
	{"stand-ins", "option sets of services that stand for libraries in the virtual world", ofProfiles, nil},
}

// Sets returns the sets, in the order of tables.
func Sets() []Set { return slices.Clone(sets) }

// Named returns the set of this name and whether it exists.
func Named(name string) (Set, bool) {
	i := slices.IndexFunc(sets, func(s Set) bool { return s.Name == name })
	if i < 0 {
		return Set{}, false
	}
	return sets[i], true
}

// Names lists the names of the sets, in the order of tables.
func Names() (names []string) {
	for _, s := range sets {
		names = append(names, s.Name)
	}
	return names
}

// Of lists the lock services of a registry that belong to the set with their default options.
// Option sets of a service are not listed.
func (s Set) Of(registry backends.Registry) (members backends.Registry) {
	for _, b := range registry {
		if s.of == kindIn(registry, b) && s.takes(backends.Spec{Backend: b}) {
			members = append(members, b)
		}
	}
	return members
}

// kindIn returns the kind of a backend; empty for an option set of a service that stands for no
// library.
func kindIn(registry backends.Registry, b backends.Backend) kind {
	if _, is := b.(backends.Modelled); is {
		return ofLibraries
	}
	if backends.Service(b) == b.Name() {
		return ofServices
	}
	for _, other := range registry {
		if library, is := other.(backends.Modelled); is && library.Profile() == b.Name() {
			return ofProfiles
		}
	}
	return ""
}

// Covers reports whether a statement about the set applies to this backend with its options. Option
// sets of a service are judged by their own answers: redis+renew is not a lease that nobody
// prolongs.
func (s Set) Covers(spec backends.Spec, registry backends.Registry) bool {
	is := s.of
	if _, library := spec.Backend.(backends.Modelled); library {
		is = ofLibraries
	} else if s.of != ofServices {
		is = kindIn(registry, spec.Backend)
	}
	return is == s.of && s.takes(spec)
}

// Covers reports whether a statement about the set of this name applies to a backend.
func Covers(name string, spec backends.Spec) bool {
	s, is := Named(name)
	return is && s.Covers(spec, Registry())
}

// takes asks the backend whether it belongs. Any lease will do: the length of a lease does not
// change the answer.
func (s Set) takes(spec backends.Spec) bool {
	const anyLease = 10 * time.Second
	return s.has == nil || s.has(spec.Backend, spec.Unchecked(anyLease))
}
