//go:build linux

package sentinellive

import (
	"context"

	"github.com/locklab/locklab/backends"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/sim/live"
)

var _ backends.LiveSetKeeper = Backend{}

// DialSet connects a client's process to the servers and then the Sentinels, as Dial does.
func (Backend) DialSet(h *live.Host, servers []string, s backends.Settings) (backends.Adder, error) {
	p, err := connect(h, newNetwork(h), servers, s)
	if err != nil {
		return nil, err
	}
	return sentinel.NewAdder(p, s), nil
}

// ReadSet asks the server that more than half of the Sentinels name as the master.
func (Backend) ReadSet(ctx context.Context, lab *live.Lab, s backends.Settings) (backends.SetContents, error) {
	id := deploy(s).masterNamed(ctx, lab)
	if id == "" {
		return backends.SetContents{}, sentinel.ErrNoMaster
	}
	return redislive.ReadSet(ctx, lab, id)
}
