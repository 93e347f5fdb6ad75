package backends

import (
	"slices"

	"github.com/locklab/locklab/sim"
)

// PerClient is a backend with options that concern the client and not the servers, so clients of
// one trial may set them differently.
type PerClient interface {
	Backend
	// ClientOptions names them.
	ClientOptions() []string
}

// IsClients reports whether each client may have its own value for an option.
func IsClients(b Backend, option string) bool {
	return slices.Contains(clientOptions(b), option)
}

// clientOptions lists the options that each client may have its own values for.
func clientOptions(b Backend) []string {
	if p, ok := b.(PerClient); ok {
		return p.ClientOptions()
	}
	return nil
}

// OptionsBut lists a backend's options except the shared ones, which concern the servers or must be
// the same for all clients.
func OptionsBut(b Backend, shared ...string) (names []string) {
	for _, o := range b.Options() {
		if !slices.Contains(shared, o.Name) {
			names = append(names, o.Name)
		}
	}
	return names
}

// ownSettings are the settings of one client.
type ownSettings struct {
	client   sim.HostID
	settings Settings
}

// WithOwn returns the settings of a trial in which one client has different ones.
func (s Settings) WithOwn(client sim.HostID, own Settings) Settings {
	s.own = append(slices.Clip(s.own), ownSettings{client, own})
	return s
}

// Of returns the settings for a client's lock.
func (s Settings) Of(client sim.HostID) Settings {
	for _, each := range s.own {
		if each.client == client {
			return each.settings
		}
	}
	return s
}

// With returns the spec with an option set, overriding what the spec said. It returns false and the
// unchanged spec if the backend has no such option, and an error if the option does not accept the
// value.
func (s Spec) With(name, value string) (Spec, bool, error) {
	with, has, err := Spec{Backend: s.Backend, defaults: s.set}.WithDefault(name, value)
	if err != nil || !has {
		return s, has, err
	}
	s.set = with.defaults // the last one wins
	return s, true, nil
}
