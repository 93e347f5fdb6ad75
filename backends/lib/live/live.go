//go:build linux

// Package liblive is package lib on real servers: the libraries themselves, and what locklab sees of
// them and of the servers they use.
package liblive

import (
	"context"
	"fmt"
	"time"

	"github.com/locklab/locklab/backends"
	etcdlive "github.com/locklab/locklab/backends/etcd/live"
	"github.com/locklab/locklab/backends/lib"
	redislive "github.com/locklab/locklab/backends/redis/live"
	redlocklive "github.com/locklab/locklab/backends/redlock/live"
	zookeeperlive "github.com/locklab/locklab/backends/zookeeper/live"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is lib.Backend with the library and real servers.
type Backend struct{ lib.Backend }

var (
	_ backends.Concluder   = Backend{}
	_ backends.Unshiftable = Backend{}
	_ backends.Legible     = Backend{}
)

// connectLimit is for a client's first connections, before the trial starts.
const connectLimit = 10 * time.Second

// service returns the service that the library works with, and its settings.
func (b Backend) service(s backends.Settings) (backends.Live, backends.Settings) {
	service := b.realService()
	return service, s.For(service)
}

// realService returns the service on real servers.
func (b Backend) realService() backends.Live {
	switch b.Library {
	case lib.Redsync:
		return redlocklive.Backend{}
	case lib.Redislock:
		return redislive.Backend{}
	case lib.EtcdMutex:
		return etcdlive.Backend{}
	case lib.ZKLock:
		return zookeeperlive.Backend{}
	}
	panic(fmt.Sprintf("there is no library %q", b.Library))
}

// Missing returns what the service lacks.
func (b Backend) Missing(s backends.Settings) error {
	service, own := b.service(s)
	return service.Missing(own)
}

// Unshiftable returns what the service says about its servers.
func (b Backend) Unshiftable() error {
	if c, ok := b.realService().(backends.Unshiftable); ok {
		return c.Unshiftable()
	}
	return nil
}

// MessageWords asks the service.
func (b Backend) MessageWords(head []byte) (string, bool) {
	if service, ok := b.realService().(backends.Legible); ok {
		return service.MessageWords(head)
	}
	return "", false
}

// Start starts the service.
func (b Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	service, own := b.service(s)
	return service.Start(ctx, lab, own)
}

// Observe starts the service's observers.
func (b Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	service, own := b.service(s)
	return service.Observe(ctx, lab, own)
}

// Reset puts the service back.
func (b Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	service, own := b.service(s)
	return service.Reset(ctx, lab, own)
}

// Who asks the service.
func (b Backend) Who(ctx context.Context, lab *live.Lab, s backends.Settings, role sim.Role) ([]sim.HostID, error) {
	service, own := b.service(s)
	return service.Who(ctx, lab, own, role)
}

// Conclude lets the service conclude, if it is a Concluder.
func (b Backend) Conclude(events []sim.Event, s backends.Settings) []sim.Event {
	service, own := b.service(s)
	if c, ok := service.(backends.Concluder); ok {
		return c.Conclude(events, own)
	}
	return events
}

// Duties are the service's.
func (b Backend) Duties() map[string]live.Duty {
	return b.realService().Duties()
}

// Dial gives a client's process the library's lock on the servers at these addresses.
func (b Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	switch b.Library {
	case lib.Redsync:
		return dialRedsync(h, servers, s)
	case lib.Redislock:
		return dialRedislock(h, servers[0], s)
	case lib.EtcdMutex:
		return dialEtcdMutex(h, servers, s)
	case lib.ZKLock:
		return dialZKLock(h, servers, s)
	}
	return nil, fmt.Errorf("there is no library %q", b.Library)
}

// longest bounds how long a library is told to wait, as it adds that to the time of day.
const longest = 1000 * time.Hour

// within returns a context for a call that may take this long.
func within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), min(d, longest))
}

// untilGot tries to get the lock until it has it or wait is over. Each try is told how much time is
// left.
func untilGot(h *live.Host, wait, pause time.Duration, try func(left time.Duration) (backends.Lease, error)) (backends.Lease, error) {
	end := h.Now() + min(wait, longest)
	for {
		lease, err := try(max(0, end-h.Now()))
		if err == nil {
			return lease, nil
		}
		left := end - h.Now()
		if left <= 0 {
			return nil, err
		}
		h.Sleep(min(left, pause))
	}
}
