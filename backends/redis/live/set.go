//go:build linux

package redislive

import (
	"context"
	"fmt"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var _ backends.LiveSetKeeper = Backend{}

// DialSet connects a client's process to the server at the first address.
func (Backend) DialSet(h *live.Host, servers []string, s backends.Settings) (backends.Adder, error) {
	c := NewClient(h, servers[0])
	if err := c.ConnectAhead(); err != nil {
		return nil, err
	}
	return redis.NewAdder(h, c, s), nil
}

// ReadSet asks the server.
func (Backend) ReadSet(ctx context.Context, lab *live.Lab, _ backends.Settings) (backends.SetContents, error) {
	return ReadSet(ctx, lab, redis.ServerID)
}

// ReadSet asks the server on a host for all elements of the set (SMEMBERS).
func ReadSet(ctx context.Context, lab *live.Lab, id sim.HostID) (backends.SetContents, error) {
	answer, err := AskServer(ctx, lab, id, "SMEMBERS", redis.SetKey)
	if err != nil {
		return backends.SetContents{}, err
	}
	list, ok := answer.([]any)
	if !ok {
		return backends.SetContents{}, fmt.Errorf("SMEMBERS at %s was answered with %v, expected a list", id, answer)
	}
	found := backends.SetContents{Host: id}
	for _, each := range list {
		found.Elements = append(found.Elements, fmt.Sprint(each))
	}
	return found, nil
}
