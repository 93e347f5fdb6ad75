//go:build linux

package redis

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

var _ backends.Live = Backend{}

const (
	serverPort   = "6379"
	serverVar    = "LOCKLAB_REDIS_SERVER" // path of the server, in place of the one on the PATH
	observerRole = "redis-observer"
	connectLimit = 5 * time.Second // for a client's first connection, before the trial starts
)

// serverProgram finds redis-server.
func serverProgram() (string, error) {
	if path := os.Getenv(serverVar); path != "" {
		if _, err := exec.LookPath(path); err != nil {
			return "", fmt.Errorf("%s=%s is no program that can be run: %w", serverVar, path, err)
		}
		return path, nil
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return "", fmt.Errorf("redis-server is not on the PATH: install it (Debian: apt-get install redis-server) or set %s to its path", serverVar)
	}
	return path, nil
}

// serverArguments run a server that keeps everything in memory and tells an observer what
// happens to keys: Eg$x are the events of generic commands, of strings, and of expiry.
func serverArguments(program string, listen ...string) []string {
	return append([]string{program,
		"--save", "", "--appendonly", "no", "--protected-mode", "no",
		"--notify-keyspace-events", "Eg$x",
	}, listen...)
}

// Missing says that redis-server is missing, if it is.
func (Backend) Missing(s backends.Settings) error {
	if d := s.Choice(optionDurable); d != string(DurabilityNone) {
		return fmt.Errorf("redis with %s=%s runs in the virtual world only", optionDurable, d)
	}
	_, err := serverProgram()
	return err
}

// Start starts redis-server.
func (b Backend) Start(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	program, err := serverProgram()
	if err != nil {
		return err
	}
	agent := lab.Agent(ServerID)
	server, err := agent.Start("redis-server", serverArguments(program, "--bind", agent.Address(), "--port", serverPort))
	if err != nil {
		return err
	}
	address := net.JoinHostPort(agent.Address(), serverPort)
	return awaitPong(ctx, agent, address, server)
}

// Observe starts the observer that records what the server does.
func (b Backend) Observe(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	agent := lab.Agent(ServerID)
	address := net.JoinHostPort(agent.Address(), serverPort)
	observer, err := agent.StartHelper(observerRole, observerSpec{Network: "tcp", Address: address})
	if err != nil {
		return err
	}
	return observer.AwaitReady(ctx)
}

// Reset empties the server, which shows at the same time that it answers.
func (Backend) Reset(ctx context.Context, lab *live.Lab, _ backends.Settings) error {
	agent := lab.Agent(ServerID)
	raw, err := agent.Dial(ctx, "tcp", net.JoinHostPort(agent.Address(), serverPort))
	if err != nil {
		return fmt.Errorf("reset redis-server on %s: %w", ServerID, err)
	}
	s, err := newSession(raw, connectLimit)
	if err != nil {
		return fmt.Errorf("reset redis-server on %s: %w", ServerID, err)
	}
	defer s.client.Close()
	if err := s.client.FlushAll(ctx).Err(); err != nil {
		return fmt.Errorf("reset redis-server on %s: empty it: %w", ServerID, err)
	}
	return nil
}

// Who is nobody: a single server has no parts to play.
func (Backend) Who(context.Context, *live.Lab, backends.Settings, sim.Role) ([]sim.HostID, error) {
	return nil, nil
}

// awaitPong asks the server until it answers, its process has ended, or ctx has.
func awaitPong(ctx context.Context, agent *live.Agent, address string, server *live.Proc) error {
	for {
		raw, err := agent.Dial(ctx, "tcp", address)
		if err == nil {
			var s *session
			if s, err = newSession(raw, connectLimit); err == nil {
				return s.client.Close()
			}
		}
		select {
		case <-server.Done():
			return fmt.Errorf("%s ended before it answered; it printed:\n%s", server, server.Output())
		case <-ctx.Done():
			return fmt.Errorf("wait until %s answers: %w (last: %v)", server, context.Cause(ctx), err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Dial gives a client's process its lock on the server at the first address.
func (Backend) Dial(h *live.Host, servers []string, s backends.Settings) (backends.Lock, error) {
	p := newPort(h, "tcp", net.JoinHostPort(servers[0], serverPort))
	if err := p.connectAhead(connectLimit); err != nil {
		return nil, err
	}
	return NewLock(h, p, s), nil
}

// Roles is the observer.
func (Backend) Roles() map[string]live.Role {
	return map[string]live.Role{observerRole: observe}
}
