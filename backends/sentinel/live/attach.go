//go:build linux

package sentinellive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var (
	_ backends.Discoverer = Backend{}
	_ backends.Concluder  = attached{}
)

// reachLimit is how long an attached server may take to accept a connection.
const reachLimit = 5 * time.Second

// attached is the backend on servers and Sentinels that somebody else operates.
type attached struct {
	Backend
	to *backends.Attachment
}

// Attach returns the backend on such servers.
func (b Backend) Attach(to *backends.Attachment) backends.Attached { return attached{b, to} }

// Attachment returns where the servers and Sentinels are.
func (b attached) Attachment() *backends.Attachment { return b.to }

// Missing returns an error for settings that attached servers and Sentinels cannot have.
func (b attached) Missing(s backends.Settings) error {
	return cmp.Or(b.fits(s), backends.RefuseWritten(s,
		sentinel.OptionQuorum, sentinel.OptionLag, sentinel.OptionMinReplicas, sentinel.OptionMaxLag, sentinel.OptionDownAfter, sentinel.OptionFailoverTimeout))
}

// fits returns nil if there are as many replicas and Sentinels as the settings say.
func (b attached) fits(s backends.Settings) error {
	replicas := len(b.to.Told) - 1
	sentinels := len(b.to.Addresses) - len(b.to.Told)
	if replicas == s.Int(sentinel.OptionReplicas) && sentinels == s.Int(sentinel.OptionSentinels) {
		return nil
	}
	return fmt.Errorf("%d replica(s) and %d Sentinel(s) are attached, and the trial has %d and %d: ask for sentinel+%s=%d+%s=%d",
		replicas, sentinels, s.Int(sentinel.OptionReplicas), s.Int(sentinel.OptionSentinels), sentinel.OptionReplicas, replicas, sentinel.OptionSentinels, sentinels)
}

// Start makes sure that the master serves.
func (b attached) Start(ctx context.Context, _ *live.Lab, _ backends.Settings) error {
	_, err := b.master(ctx)
	return err
}

// Observe puts relays in the places of servers and Sentinels, and an observer beside the master. If
// the master changes during the trial, the old one cuts off the observer, which ends the trial.
func (b attached) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	prefix, err := b.to.Prefix(lab)
	if err != nil {
		return err
	}
	hosts := b.Servers(s)
	if err := b.to.Stand(ctx, lab, hosts, redislive.ServerPort); err != nil {
		return err
	}
	master, err := b.master(ctx)
	if err != nil {
		return err
	}
	return redislive.StartAttachedObserver(ctx, lab, hosts[master], b.to.Sockets[master], prefix, redislive.Observation{})
}

// Reset removes what the trial left behind.
func (b attached) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	return b.to.Reset(ctx, lab, b.Clean)
}

// Clean removes what trials left on the master; its replicas follow. While there is no master, it
// waits for one.
func (b attached) Clean(ctx context.Context, prefixes []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, resetLimit, fmt.Errorf("it took longer than %v", resetLimit))
	defer cancel()
	return live.Await(ctx, "clean the attached master", nil, func() error {
		master, err := b.master(ctx)
		if err != nil {
			return err
		}
		return redislive.CleanAttached(ctx, b.to.Only(master), prefixes)
	})
}

// Who returns no host: faults cannot be applied to these servers.
func (attached) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// master returns the index of the server that all answering Sentinels name as the master, and that
// says so itself.
func (b attached) master(ctx context.Context) (int, error) {
	named := ""
	var failed []error
	for i := len(b.to.Told); i < len(b.to.Addresses); i++ {
		told, err := b.masterNamedBy(ctx, i)
		switch {
		case err != nil:
			failed = append(failed, fmt.Errorf("ask the Sentinel at %s: %w", b.to.Addresses[i], err))
		case named != "" && told != named:
			return 0, fmt.Errorf("the Sentinels do not agree on the master: some name %s, and some %s", named, told)
		default:
			named = told
		}
	}
	if named == "" {
		return 0, errors.Join(failed...)
	}
	master := slices.Index(b.to.Told, named)
	if master < 0 {
		return 0, fmt.Errorf("the Sentinels name %s as the master, which they did not know when the run began: start another run", named)
	}
	return master, redislive.CheckAttached(ctx, b.to.Only(master))
}

// masterNamedBy asks one Sentinel.
func (b attached) masterNamedBy(ctx context.Context, sentinel int) (told string, err error) {
	reply, err := redislive.AskAttached(ctx, b.to, sentinel, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", b.to.Service)
	if err != nil {
		return "", err
	}
	return addressIn(reply)
}

// DialUnder gives a client's process its lock, under names that begin with a prefix. The client
// follows what the Sentinels say, but connects to the lab's hosts that stand for those servers.
func (Backend) DialUnder(names backends.Names, h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	n := newNetwork(h)
	n.service, n.places = names.Service, map[string]sim.HostID{}
	for i, told := range names.Told {
		n.places[told] = sim.HostID(servers[i])
	}
	p, err := connect(h, n, servers, s)
	if err != nil {
		return nil, err
	}
	return redis.NewLock(h, redislive.Under(names.Prefix, p), s), nil
}
