//go:build linux

package wire

import "github.com/locklab/locklab/sim"

// Host is a live host: one that can be given up while a call blocks on the network.
type Host interface {
	sim.Host
	// Outside gives up the host while f blocks. f must not touch what the host's processes share.
	Outside(f func())
	// Sending announces that something is about to be sent, and that an event of this kind will be
	// recorded once it has been: see live.Host.
	Sending(kind sim.Kind)
}

// envelope is a request as it appears in its line.
type envelope[Q any] struct {
	From    sim.HostID `json:"from"`
	Trial   string     `json:"trial,omitempty"` // the nonce of the sender's trial
	Request Q          `json:"request"`
}
