//go:build linux

package backends

import (
	"context"

	"github.com/locklab/locklab/sim/live"
)

// LiveSetKeeper is a Live backend whose real servers can keep a set.
type LiveSetKeeper interface {
	Live
	// DialSet is Dial for a client that adds elements to the set. It signs what it adds (sim.Sign).
	DialSet(h *live.Host, servers []string, s Settings) (Adder, error)
	// ReadSet reads the set when the trial is over, see SetReader. The elements come as the clients
	// added them, signed.
	ReadSet(ctx context.Context, lab *live.Lab, s Settings) (SetContents, error)
}
