package backends

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

// PerClient is a backend some of whose options are about the client and not about the servers:
// clients of one trial may have them set differently.
type PerClient interface {
	Backend
	// ClientOptions names them.
	ClientOptions() []string
}

// IsClients tells whether each client may have a value of its own for an option.
func IsClients(b Backend, option string) bool {
	p, ok := b.(PerClient)
	return ok && slices.Contains(p.ClientOptions(), option)
}

// OptionsBut lists the options of a backend, but for those that are about the servers, or that
// all clients must have in common.
func OptionsBut(b Backend, shared ...string) (names []string) {
	for _, o := range b.Options() {
		if !slices.Contains(shared, o.Name) {
			names = append(names, o.Name)
		}
	}
	return names
}

// ownSettings are those of one client.
type ownSettings struct {
	client   sim.HostID
	settings Settings
}

// WithOwn gives the settings of a trial in which one client has others.
func (s Settings) WithOwn(client sim.HostID, own Settings) Settings {
	s.own = append(slices.Clip(s.own), ownSettings{client, own})
	return s
}

// Of gives the settings that the lock of a client is run with.
func (s Settings) Of(client sim.HostID) Settings {
	for _, each := range s.own {
		if each.client == client {
			return each.settings
		}
	}
	return s
}

// With gives the spec with an option set, whatever the spec said of it. It returns false and
// the spec as it was when the backend has no such option, and an error when the option does not
// take this value.
func (s Spec) With(name, value string) (Spec, bool, error) {
	with, has, err := Spec{Backend: s.Backend, defaults: s.set}.WithDefault(name, value)
	if err != nil || !has {
		return s, has, err
	}
	s.set = with.defaults // the last one wins
	return s, true, nil
}
