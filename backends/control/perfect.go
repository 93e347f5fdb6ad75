package control

import (
	"slices"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// PerfectID is the host that the perfect service runs on.
const PerfectID sim.HostID = "lock-1"

// Option names.
const (
	optionTimeout = "timeout"
	optionRetry   = "retry"
)

// Perfect is the lock service that never errs, as a backends.Backend.
type Perfect struct{}

var _ backends.Backend = Perfect{}

// Name is "perfect".
func (Perfect) Name() string { return "perfect" }

// Title describes it in one line.
func (Perfect) Title() string { return "a lock service that never errs: exact leases, growing tokens" }

// Options are those of its client.
func (Perfect) Options() []backends.Option {
	return []backends.Option{
		{Name: optionTimeout, Kind: backends.Duration, Default: "0.5ttl", Least: backends.NotZero, Awaited: true,
			Doc: "how long a call waits for its answer"},
		{Name: optionRetry, Kind: backends.Duration, Default: "0.05ttl", Least: backends.NotZero,
			Doc: "mean delay before another try; each is drawn between half and one and a half of it"},
	}
}

// IssuesTokens is true: every grant has its own number.
func (Perfect) IssuesTokens() bool { return true }

// Servers is one host.
func (Perfect) Servers(backends.Settings) []sim.HostID { return []sim.HostID{PerfectID} }

// record writes down what a client's command did to the lock, in the service's own order.
func record(h sim.Host, from sim.HostID, c Command, r Reply) {
	if r.Ended != "" {
		h.Record(sim.Event{Kind: sim.Expired, Grant: r.Ended})
	}
	if !r.OK {
		return
	}
	switch c.Kind {
	case CommandAcquire:
		h.Record(sim.Event{Kind: sim.Granted, Grant: c.Grant, Token: r.Token})
	case CommandRelease:
		h.Record(sim.Event{Kind: sim.Freed, Grant: c.Grant, Client: from})
	case CommandExpire: // already recorded
	}
}

// Parts is empty: there is one server.
func (Perfect) Parts(backends.Settings) []sim.Role { return nil }

// Never lists renewals, as there are none, and what a service that never errs does not do.
func (Perfect) Never(backends.Settings) []sim.Kind {
	return slices.Concat(backends.NodeKinds(), backends.WithoutRenewal(), []sim.Kind{sim.Forgotten})
}
