//go:build linux

package redlocklive

import (
	"cmp"
	"context"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/sim/live"
)

var (
	_ backends.Attachable = Backend{}
	_ backends.Concluder  = attached{}
)

// attached is the backend on servers that somebody else operates.
type attached struct {
	Backend
	to *backends.Attachment
}

// Attach returns the backend on such servers.
func (b Backend) Attach(to *backends.Attachment) backends.Attached { return attached{b, to} }

// Attachment returns where the servers are.
func (b attached) Attachment() *backends.Attachment { return b.to }

// Missing returns an error for settings that attached servers cannot have.
func (b attached) Missing(s backends.Settings) error {
	return cmp.Or(b.to.Fits(b.Servers(s)), redislive.RefuseNodeSettings(s))
}

// Start makes sure that the servers serve.
func (b attached) Start(ctx context.Context, _ *live.Lab, _ backends.Settings) error {
	return redislive.CheckAttached(ctx, b.to)
}

// Observe puts relays in the servers' places, and an observer beside each.
func (b attached) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	return redislive.ObserveAttached(ctx, lab, b.to, b.Servers(s), redislive.Observation{Votes: true})
}

// Reset removes what the trial left behind.
func (b attached) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	return b.to.Reset(ctx, lab, b.Clean)
}

// Clean removes what trials left behind.
func (b attached) Clean(ctx context.Context, prefixes []string) error {
	return redislive.CleanAttached(ctx, b.to, prefixes)
}

// DialUnder gives a client's process its lock, under names that begin with a prefix.
func (b Backend) DialUnder(names backends.Names, h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	return b.dial(h, servers, s, func(p redis.Port) redis.Port { return redislive.Under(names.Prefix, p) })
}
