package scenarios

import (
	"errors"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// service is a lock service that scripts can name but that cannot run.
type service struct {
	name    string
	options []backends.Option
	tokens  bool
	servers []sim.HostID
	syncs   bool // its servers wait for their disk
	keeps   []ledger.Guard
	sets    bool // it can keep a set
	never   []sim.Kind
}

func (s service) Name() string                           { return s.name }
func (s service) Title() string                          { return s.name + ", in name only" }
func (s service) Options() []backends.Option             { return s.options }
func (s service) IssuesTokens() bool                     { return s.tokens }
func (s service) Servers(backends.Settings) []sim.HostID { return s.servers }
func (s service) Parts(backends.Settings) []sim.Role     { return nil }
func (s service) Never(backends.Settings) []sim.Kind     { return s.never }
func (s service) Keeps() []ledger.Guard                  { return s.keeps }
func (s service) KeepsSet() bool                         { return s.sets }
func (s service) Syncs(backends.Settings) error {
	if s.syncs {
		return nil
	}
	return errors.New(s.name + " does not wait for any disk")
}
func (s service) Simulate(*virtual.World, backends.Settings) func(*virtual.Host) backends.Lock {
	panic("a service in name only was asked to run")
}
func (s service) SimulateSet(*virtual.World, backends.Settings) (func(*virtual.Host) backends.Adder, backends.SetReader) {
	panic("a service in name only was asked to run")
}

// known returns what the tests' scripts may refer to.
func known() Known {
	timing := []backends.Option{
		{Name: "timeout", Kind: backends.Duration, Default: "0.2ttl", Least: backends.NotZero},
		{Name: "retry", Kind: backends.Duration, Default: "0.02ttl", Least: time.Millisecond},
	}
	return Known{
		Guards: []string{"none", "fence-writes", "fence-all", "fence-equal", "cas", "unique"},
		Registry: backends.Registry{
			service{name: "none"},
			service{name: "perfect", options: timing, tokens: true, servers: []sim.HostID{"perfect-1"}},
			service{name: "redis", tokens: true, syncs: true, sets: true, keeps: []ledger.Guard{ledger.None, ledger.LockKey}, servers: []sim.HostID{"redis-1"}, options: append([]backends.Option{
				{Name: "elapsed-check", Kind: backends.Switch, Default: "off"},
				{Name: "renew", Kind: backends.Switch, Default: "off"},
			}, timing...)},
		},
	}
}

// ClientOptions lists timeout and renew. The other options, elapsed-check and retry, stand for what
// all clients share.
func (service) ClientOptions() []string { return []string{"timeout", "renew"} }
