//go:build linux

package redislive

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/redis"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

const (
	// ServerPort is the port of every server in a lab.
	ServerPort = "6379"

	connectLimit = 5 * time.Second      // for a client's first connection, before the trial starts
	resetLimit   = 30 * time.Second     // for a server to answer after a trial, besides its restart delay
	askAgain     = 2 * time.Millisecond // how often to ask a server that does not answer
)

// serverVar has the path of the server, in place of the one on the PATH.
var serverVar = redis.Backend{}.ServerFlag().Variable

// ServerProgram finds redis-server.
func ServerProgram() (string, error) {
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

// MissingServer returns an error, with a hint, if there is no redis-server.
func MissingServer() error {
	_, err := ServerProgram()
	return err
}

// ServerSetting is a line of redis.conf.
type ServerSetting struct{ Name, Value string }

// serverSettings are the settings of a server that tells an observer what happens to keys: Eg$x
// selects the events of generic commands, of strings, and of expiry. Its append-only file is never
// rewritten, so it only grows.
func serverSettings(d redis.Durability, more ...ServerSetting) []ServerSetting {
	list := []ServerSetting{{"save", `""`}, {"protected-mode", "no"}, {"notify-keyspace-events", "Eg$x"}}
	if d == redis.DurabilityNone {
		list = append(list, ServerSetting{"appendonly", "no"})
	} else {
		list = append(list, ServerSetting{"appendonly", "yes"}, ServerSetting{"appendfsync", string(d)},
			ServerSetting{"auto-aof-rewrite-percentage", "0"})
	}
	return append(list, more...)
}

// configFile holds a server's settings, in its host's directory. The server may write to it: CONFIG
// REWRITE.
const configFile = "redis.conf"

// WriteConfig writes a configuration file.
func WriteConfig(path string, settings []ServerSetting) error {
	var text strings.Builder
	for _, s := range settings {
		fmt.Fprintln(&text, s.Name, s.Value)
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}

// ServerOptions say how a server is run.
type ServerOptions struct {
	redis.NodeSettings
	Settings []ServerSetting // added to its configuration file
}

// StartServer starts a redis-server on a host, in the host's directory, without waiting until it
// answers. After a crash of the host it starts again, after its restart delay, with the part of its
// file that the disk kept.
func StartServer(lab *live.Lab, id sim.HostID, o ServerOptions) (*live.Proc, error) {
	program, err := ServerProgram()
	if err != nil {
		return nil, err
	}
	agent := lab.Agent(id)
	settings := append([]ServerSetting{{"bind", agent.Address()}, {"port", ServerPort}}, o.Settings...)
	dir := lab.Dir(id)
	if err := WriteConfig(filepath.Join(dir, configFile), serverSettings(o.Durability, settings...)); err != nil {
		return nil, fmt.Errorf("write the configuration of redis-server on %s: %w", id, err)
	}
	argv := []string{program, configFile}
	options := []live.StartOption{live.Needs(program)}
	if o.Durability == redis.DurabilityEverySec {
		options = append(options, live.BeforeRestart(func() error { return loseUnsynced(dir) }))
	}
	if o.RestartDelay > 0 {
		argv = delayed(argv, o.RestartDelay)
		options = append(options, live.BeforeRestart(func() error {
			return os.WriteFile(filepath.Join(dir, crashMark), nil, 0o600)
		}))
	}
	agent.ProveClock = func(ctx context.Context) (time.Time, error) { return serverTime(ctx, agent) }
	return agent.Start("redis-server", argv, options...)
}

// crashMark is the file that makes a server's shell wait because its machine has crashed.
const crashMark = "crashed"

// delayed runs a command with a delay if the machine has crashed before. The delay is the shell's
// sleep, which the kernel counts on the monotonic clock; stepping the host's clocks does not
// shorten it.
func delayed(argv []string, d time.Duration) []string {
	script := fmt.Sprintf(`if [ -e %[1]s ]; then rm %[1]s; sleep %.3f; fi; exec "$@"`, crashMark, d.Seconds())
	return append([]string{"/bin/sh", "-c", script, "redis-server"}, argv...)
}

// AwaitServer asks a server until it answers, its process ends, or ctx is done.
func AwaitServer(ctx context.Context, lab *live.Lab, server *live.Proc) error {
	agent := lab.Agent(server.Host())
	return live.Await(ctx, "wait until "+server.String()+" answers", []*live.Proc{server}, func() error {
		s, err := reach(ctx, agent)
		if err != nil {
			return err
		}
		defer s.client.Close()
		return answersItself(ctx, s, server)
	})
}

// answersItself verifies that the answer comes from this process. If another server has the port,
// this one is about to end and will say so itself.
func answersItself(ctx context.Context, s *session, server *live.Proc) error {
	info, err := s.client.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	if own := fmt.Sprintf("process_id:%d\r\n", server.Pid()); !strings.Contains(info, own) {
		return fmt.Errorf("another server than %s listens at its address", server)
	}
	return nil
}

// reach connects to the server on a host, from that host.
func reach(ctx context.Context, agent *live.Agent) (*session, error) {
	limit := connectLimit
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline))
	}
	raw, err := agent.Dial(ctx, "tcp", net.JoinHostPort(agent.Address(), ServerPort))
	if err != nil {
		return nil, err
	}
	return newSession(raw, limit)
}

// serverTime asks the server on a host for its wall clock.
func serverTime(ctx context.Context, agent *live.Agent) (time.Time, error) {
	s, err := reach(ctx, agent)
	if err != nil {
		return time.Time{}, err
	}
	defer s.client.Close()
	return s.client.Time(ctx).Result()
}

// AskServer sends a command to the server on a host, from that host, and returns its answer as
// go-redis does.
func AskServer(ctx context.Context, lab *live.Lab, id sim.HostID, command ...any) (any, error) {
	s, err := reach(ctx, lab.Agent(id))
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", command[0], id, err)
	}
	defer s.client.Close()
	answer, err := s.client.Do(ctx, command...).Result()
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", command[0], id, err)
	}
	return answer, nil
}

// ResetServers empties servers, which also shows that they answer. It waits for a server that is
// restarting, and until no client is connected any more, so that the server has done everything the
// clients asked for; their processes must have ended. It fails at once if a host is down.
func ResetServers(ctx context.Context, lab *live.Lab, s redis.NodeSettings, ids ...sim.HostID) error {
	limit := resetLimit + s.RestartDelay
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took longer than %v", limit))
	defer cancel()
	for _, id := range ids {
		err := live.Await(ctx, "reset redis-server", nil, func() error {
			err := CheckNoClients(ctx, lab, id)
			if err == nil {
				_, err = AskServer(ctx, lab, id, "FLUSHALL")
			}
			if err != nil && lab.Agent(id).Crashed() == nil {
				return live.NoUse(fmt.Errorf("host %s is down", id))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CheckNoClients returns an error naming the client's host if a client is still connected to the
// server on a host.
func CheckNoClients(ctx context.Context, lab *live.Lab, id sim.HostID) error {
	answer, err := AskServer(ctx, lab, id, "CLIENT", "LIST")
	if err != nil {
		return err
	}
	list, _ := answer.(string)
	for _, c := range clientsIn(lab) {
		if strings.Contains(list, " addr="+c.Address+":") {
			return fmt.Errorf("%s is still connected to %s", c.Host, id)
		}
	}
	return nil
}
