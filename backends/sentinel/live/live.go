//go:build linux

// Package sentinellive is package sentinel with real servers and real Sentinels.
package sentinellive

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// Backend is sentinel.Backend with real servers and Sentinels.
type Backend struct{ sentinel.Backend }

var (
	_ backends.Concluder = Backend{}
	_ backends.Legible   = Backend{}
)

// MessageWords reads the Redis serialization protocol.
func (Backend) MessageWords(head []byte) (string, bool) { return redislive.MessageWords(head) }

// resetLimit is how long the service may take to be healthy again after a trial.
const resetLimit = 30 * time.Second

// Missing returns an error if real servers cannot do what the settings ask for, or if redis-server
// is missing: it is also the program of the Sentinels.
func (Backend) Missing(s backends.Settings) error {
	if lag := s.Span(sentinel.OptionMaxLag); s.Int(sentinel.OptionMinReplicas) > 0 && lag%time.Second != 0 {
		return fmt.Errorf("real servers take %s in whole seconds, and it is %v: set another, or another --ttl", sentinel.OptionMaxLag, lag)
	}
	return redislive.MissingServer()
}

// Start starts the servers and the Sentinels, and returns once they all know each other and the
// replicas follow their master.
func (b Backend) Start(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	d := deployReal(s)
	var processes []*live.Proc
	for _, id := range d.Servers {
		server, err := startRealServer(lab, d, id)
		if err != nil {
			return err
		}
		processes = append(processes, server)
	}
	for _, p := range processes { // a Sentinel that finds no master waits long before it looks again
		if err := redislive.AwaitServer(ctx, lab, p); err != nil {
			return err
		}
	}
	for _, id := range d.Sentinels {
		guard, err := startRealSentinel(lab, d, id)
		if err != nil {
			return err
		}
		processes = append(processes, guard)
		if err := redislive.AwaitServer(ctx, lab, guard); err != nil {
			return err
		}
	}
	for _, id := range d.Sentinels {
		if err := hurry(ctx, lab, id, d.Tilt); err != nil {
			return err
		}
	}
	return live.Await(ctx, "wait until Sentinel is ready", processes, func() error { return d.healthy(ctx, lab) })
}

// startRealServer starts a server, which is a replica unless it is the first.
func startRealServer(lab *live.Lab, d deployment, id sim.HostID) (*live.Proc, error) {
	settings := []redislive.ServerSetting{
		{Name: "repl-diskless-sync-delay", Value: "0"},
		{Name: "min-replicas-to-write", Value: strconv.Itoa(d.MinReplicas)},
		{Name: "min-replicas-max-lag", Value: strconv.Itoa(int(d.MaxLag / time.Second))},
	}
	if id != d.Servers[0] {
		settings = append(settings, redislive.ServerSetting{Name: "replicaof", Value: lab.Address(d.Servers[0]) + " " + redislive.ServerPort})
	}
	o := redislive.ServerOptions{NodeSettings: redis.NodeSettings{Durability: redis.DurabilityNone}}
	if d.Lag == 0 {
		o.Settings = settings
		return redislive.StartServer(lab, id, o)
	}
	o.Settings = append(settings, listening(lab.Address(id))...)
	server, err := redislive.StartServer(lab, id, o)
	if err != nil {
		return nil, err
	}
	return server, d.standBefore(lab, id)
}

// deployment is a sentinel.Deployment of real servers.
type deployment struct{ *sentinel.Deployment }

// deploy returns the deployment with these settings.
func deploy(s backends.Settings) deployment { return deployment{sentinel.Deploy(s)} }

// deployReal is deploy with the natural replication lag of real servers, unless somebody asked for
// another.
func deployReal(s backends.Settings) deployment {
	d := deploy(s)
	if !s.Written(sentinel.OptionLag) {
		d.Lag = 0
	}
	return d
}

// standBefore starts the duty that makes a server's replication lag.
func (d deployment) standBefore(lab *live.Lab, id sim.HostID) error {
	spec := lagSpec{
		Listen: net.JoinHostPort(lab.Address(id), redislive.ServerPort),
		Server: net.JoinHostPort(loopback, redislive.ServerPort), Lag: d.Lag,
	}
	for _, other := range d.Servers {
		if other != id {
			spec.Others = append(spec.Others, lab.Address(other))
		}
	}
	_, err := lab.Agent(id).StartDuty(lagDuty, spec)
	return err
}

// serviceName is the Sentinels' name for the master that they watch.
const serviceName = redis.LockKey

// startRealSentinel starts a Sentinel. It listens on the servers' port, since each has a host of
// its own.
func startRealSentinel(lab *live.Lab, d deployment, id sim.HostID) (*live.Proc, error) {
	program, err := redislive.ServerProgram()
	if err != nil {
		return nil, err
	}
	about := func(name string, value time.Duration) redislive.ServerSetting {
		return redislive.ServerSetting{Name: "sentinel " + name, Value: fmt.Sprintf("%s %d", serviceName, value.Milliseconds())}
	}
	const file = "sentinel.conf"
	err = redislive.WriteConfig(filepath.Join(lab.Dir(id), file), []redislive.ServerSetting{
		{Name: "bind", Value: lab.Address(id)}, {Name: "port", Value: redislive.ServerPort},
		{Name: "protected-mode", Value: "no"},
		{Name: "sentinel monitor", Value: fmt.Sprintf("%s %s %s %d", serviceName, lab.Address(d.Servers[0]), redislive.ServerPort, d.Quorum)},
		about("down-after-milliseconds", d.DownAfter), about("failover-timeout", d.FailoverTimeout),
	})
	if err != nil {
		return nil, fmt.Errorf("write the configuration of %s: %w", id, err)
	}
	return lab.Agent(id).Start("redis-sentinel", []string{program, file, "--sentinel"})
}

// hurry sets the times for which Sentinel has no configuration, and whose defaults suit services
// that run for months. With the defaults, an old master that is back stays a second master for ten
// seconds or more, which outlasts a trial. A Sentinel that crashes forgets these settings.
func hurry(ctx context.Context, lab *live.Lab, id sim.HostID, tilt time.Duration) error {
	_, err := redislive.AskServer(ctx, lab, id, "SENTINEL", "DEBUG",
		"INFO-PERIOD", 1000, "PUBLISH-PERIOD", 500, "ASK-PERIOD", 250,
		"TILT-PERIOD", tilt.Milliseconds())
	return err
}

// Observe starts an observer beside each server. None of them knows which copy of a lock is the
// last one: see Conclude.
func (Backend) Observe(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	for _, id := range deploy(s).Servers {
		if err := redislive.ObserveServer(ctx, lab, id, redislive.Observation{Tokens: s.Token, Copies: true}); err != nil {
			return err
		}
	}
	return nil
}

// Reset empties the servers and waits until all are healthy. After a failover the servers have
// other roles than at first, which is an error. So is a replication lag, because the duties that
// make it end with their trial.
func (b Backend) Reset(ctx context.Context, lab *live.Lab, s backends.Settings) error {
	d := deployReal(s)
	ctx, cancel := context.WithTimeoutCause(ctx, resetLimit, fmt.Errorf("it took longer than %v", resetLimit))
	defer cancel()
	if d.Lag > 0 {
		return fmt.Errorf("reset the servers and Sentinels: what makes %s has ended with the trial", sentinel.OptionLag)
	}
	master, err := b.Who(ctx, lab, s, sim.Master)
	if err != nil {
		return fmt.Errorf("reset the servers and Sentinels: %w", err)
	}
	if !slices.Equal(master, d.Servers[:1]) {
		return fmt.Errorf("reset the servers and Sentinels: the master is %v and no longer %s", master, d.Servers[0])
	}
	for _, id := range slices.Concat(d.Servers, d.Sentinels) {
		if lab.Agent(id).Crashed() == nil {
			return fmt.Errorf("reset the servers and Sentinels: host %s is down", id)
		}
	}
	return live.Await(ctx, "reset the servers and Sentinels", nil, func() error {
		for _, id := range d.Sentinels {
			if err := hurry(ctx, lab, id, d.Tilt); err != nil {
				return err
			}
		}
		if err := d.healthy(ctx, lab); err != nil {
			return err
		}
		for _, id := range d.Servers {
			if err := redislive.CheckNoClients(ctx, lab, id); err != nil {
				return err
			}
		}
		if _, err := redislive.AskServer(ctx, lab, d.Servers[0], "FLUSHALL"); err != nil {
			return err
		}
		return d.empty(ctx, lab)
	})
}

// Who asks the Sentinels for the master, which is the one that more than half of all of them name;
// the other servers are replicas.
func (Backend) Who(ctx context.Context, lab *live.Lab, s backends.Settings, role sim.Role) ([]sim.HostID, error) {
	d := deploy(s)
	return d.Playing(role, d.masterNamed(ctx, lab)), nil
}

// Dial gives a client's process its lock. The addresses are those of the servers, then of the
// Sentinels.
func (Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p, err := connect(h, newNetwork(h), servers, s)
	if err != nil {
		return nil, err
	}
	return redis.NewLock(h, p, s), nil
}

// connect connects to all servers and Sentinels.
func connect(h *live.Host, n *network, servers []string, s backends.Settings) (*sentinel.Port, error) {
	var sentinels []sim.HostID
	for i, ip := range servers {
		if err := n.client(sim.HostID(ip)).ConnectAhead(); err != nil {
			return nil, err
		}
		if i >= len(deploy(s).Servers) {
			sentinels = append(sentinels, sim.HostID(ip))
		}
	}
	return sentinel.NewPort(h, n, sentinels, s), nil
}

// Duties are the observer and the duty that makes replication lag.
func (Backend) Duties() map[string]live.Duty {
	duties := redislive.Backend{}.Duties()
	duties[lagDuty] = lag
	return duties
}
