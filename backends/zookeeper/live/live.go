//go:build linux

// Package zookeeperlive runs the lock of package zookeeper on real ZooKeeper servers, through
// go-zookeeper.
package zookeeperlive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is the lock on ZooKeeper, in both worlds.
type Backend struct{ zookeeper.Backend }

var (
	_ backends.Unshiftable = Backend{}
	_ backends.Adapted     = Backend{}
)

const (
	clientPort   = "2181"
	peerPort     = "2888"
	electionPort = "3888"
	observerDuty = "zookeeper-observer"
	connectLimit = 10 * time.Second // for a client's first session, before the trial starts
)

// Missing says whether Java or ZooKeeper is missing, or which setting real servers do not have; nil
// means neither.
func (Backend) Missing(s backends.Settings) error {
	if s.On(zookeeper.OptionWallClock) {
		return fmt.Errorf("zookeeper with %s runs in the virtual world only: ZooKeeper counts sessions on the wall clock only up to version 3.4.10", zookeeper.OptionWallClock)
	}
	t := zookeeper.TimingOf(s)
	if tick, n := ticks(t); time.Duration(n)*tick > t.SyncLimit {
		return fmt.Errorf("real servers take %s in whole ticks, and it is %v, with ticks of %v: set another, or another %s", zookeeper.OptionSyncLimit, t.SyncLimit, t.Tick, zookeeper.OptionTick)
	}
	if _, err := javaProgram(); err != nil {
		return err
	}
	_, err := classpath()
	return err
}

// LiveSettings sets the tick with which real servers run, unless somebody asked for one: the sync
// limit is a whole number of ticks.
func (b Backend) LiveSettings(s backends.Settings) (backends.Settings, error) {
	if err := b.Missing(s); err != nil || s.Written(zookeeper.OptionTick) {
		return s, err
	}
	tick, _ := ticks(zookeeper.TimingOf(s))
	return s.WithValues([]string{zookeeper.OptionTick + "=" + tick.String()})
}

// Unshiftable returns an error because Java waits until points in time: it adds a duration to the
// monotonic clock that it has read, and the kernel wakes it then, by a clock that no fault reaches.
func (Backend) Unshiftable() error {
	return errors.New("ZooKeeper runs on Java, whose waits end by the kernel's monotonic clock, which stays as it is: they would be wrong by the whole shift")
}

// Start starts a server on each host and returns once they all serve under one leader.
func (b Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	ids := b.Servers(s)
	e := newRealEnsemble(lab, ids)
	servers := make([]*live.Proc, len(ids))
	for i, id := range ids {
		agent := lab.Agent(id)
		dir := lab.Dir(id)
		if err := writeConfiguration(dir, i+1, agent.Address(), backends.ServerAddresses(lab, ids), zookeeper.TimingOf(s)); err != nil {
			return fmt.Errorf("start ZooKeeper on host %s: %w", id, err)
		}
		command, err := serverCommand(zookeeper.TimingOf(s))
		if err != nil {
			return err
		}
		if servers[i], err = agent.Start("zookeeper", command, live.Needs(needs()...)); err != nil {
			return err
		}
	}
	if err := e.awaitLeader(ctx, servers); err != nil {
		return err
	}
	return e.clear(ctx, s)
}

// Observe starts the observer that records what the servers do. It runs on the first server's host
// and reads what all of them write.
func (b Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	spec := observerSpec{Token: s.Choice(zookeeper.OptionToken)}
	for _, id := range b.Servers(s) {
		spec.Logs = append(spec.Logs, filepath.Join(lab.Dir(id), logDir))
	}
	return backends.StartObserver(ctx, lab, zookeeper.ServerID(1), observerDuty, spec)
}

// Reset waits until every server follows one leader and no client is connected any more, so that
// nothing that clients sent is still on its way; the clients' processes must have ended. Then it
// replaces the lock's znode by a new one, which numbers its children from 0. Sessions of ended
// clients may still run out: they own nothing.
func (b Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	e := newRealEnsemble(lab, b.Servers(s))
	if err := e.awaitLeader(ctx, nil); err != nil {
		return fmt.Errorf("reset ZooKeeper: %w", err)
	}
	if err := e.awaitNoClients(ctx); err != nil {
		return fmt.Errorf("reset ZooKeeper: %w", err)
	}
	if err := e.clear(ctx, s); err != nil {
		return fmt.Errorf("reset ZooKeeper: %w", err)
	}
	return nil
}

// Who asks every server for its own role.
func (b Backend) Who(ctx context.Context, lab *live.Lab, s backends.Settings, role sim.Role) ([]sim.HostID, error) {
	members := b.Servers(s)
	return zookeeper.Playing(role, members, leaderOf(newRealEnsemble(lab, members).ask(ctx))), nil
}

// Dial gives a client's process its lock, once it has a session.
func (b Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	return b.dial(h, servers, s, "")
}

func (b Backend) dial(h *live.Host, servers []string, s backends.Settings, root string) (backends.Lock, error) {
	var addresses []string
	for _, each := range servers {
		addresses = append(addresses, net.JoinHostPort(each, clientPort))
	}
	p, err := connect(h, addresses, s, b.Profile.Races(), net.DialTimeout)
	if err != nil {
		return nil, err
	}
	p.root = root
	return zookeeper.NewLock(h, p, s), nil
}

// Duties are the observers of the lab's own servers and of attached ones.
func (Backend) Duties() map[string]live.Duty {
	return map[string]live.Duty{observerDuty: observe, attachedDuty: observeAttached}
}
