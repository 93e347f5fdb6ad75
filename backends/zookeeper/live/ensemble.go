//go:build linux

package zookeeperlive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
)

// askLimit is how long a server may take to answer about itself.
const askLimit = time.Second

// realEnsemble is the harness's view of the servers. It asks each from the server's own host, so no
// partition comes between.
type realEnsemble struct {
	lab     *live.Lab
	members []sim.HostID
}

func newRealEnsemble(lab *live.Lab, members []sim.HostID) *realEnsemble {
	return &realEnsemble{lab: lab, members: members}
}

// standing is a server's report about itself.
type standing struct {
	err  error // it did not answer, or does not serve
	mode string
	zxid uint64 // the latest that it knows
}

func (s standing) leads() bool { return s.mode == "leader" || s.mode == "standalone" }

// ask asks all servers at once for their standing.
func (e *realEnsemble) ask(ctx context.Context) []standing {
	out := make([]standing, len(e.members))
	var all sync.WaitGroup
	for i, id := range e.members {
		all.Go(func() {
			answer, err := e.word(ctx, id, "srvr")
			if err == nil {
				out[i], err = parseStanding(answer)
			}
			if out[i].err = err; err != nil {
				out[i].err = fmt.Errorf("%s: %w", id, err)
			}
		})
	}
	all.Wait()
	return out
}

// parseStanding parses the answer to "srvr".
func parseStanding(answer string) (standing, error) {
	var s standing
	for line := range strings.Lines(answer) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Mode":
			s.mode = value
		case "Zxid":
			var err error
			if s.zxid, err = strconv.ParseUint(value, 0, 64); err != nil {
				return s, fmt.Errorf("read the server's zxid: %w", err)
			}
		}
	}
	if s.mode == "" {
		return s, fmt.Errorf("it does not serve: %s", strings.TrimSpace(answer))
	}
	return s, nil
}

// word sends one of ZooKeeper's four-letter words to a server.
func (e *realEnsemble) word(ctx context.Context, id sim.HostID, word string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	agent := e.lab.Agent(id)
	conn, err := agent.Dial(ctx, "tcp", net.JoinHostPort(agent.Address(), clientPort))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return "", err
	}
	if _, err := io.WriteString(conn, word); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(conn)
	return string(answer), err
}

// leaderOf returns the index of the server that leads, -1 if none claims to. One that was cut off
// may not have noticed yet that another leads, in a later epoch.
func leaderOf(all []standing) int {
	leader := -1
	for i, s := range all {
		if s.err == nil && s.leads() && (leader < 0 || s.zxid>>32 > all[leader].zxid>>32) {
			leader = i
		}
	}
	return leader
}

// awaitLeader waits until every server serves and one of them leads. servers, if not nil, are their
// processes, which must not end.
func (e *realEnsemble) awaitLeader(ctx context.Context, servers []*live.Proc) error {
	return live.Await(ctx, "wait until all servers serve under one leader", servers, func() error {
		leaders := 0
		for _, s := range e.ask(ctx) {
			if s.err != nil {
				return s.err
			}
			if s.leads() {
				leaders++
			}
		}
		if leaders != 1 {
			return fmt.Errorf("there are %d leaders", leaders)
		}
		return nil
	})
}

// awaitNoClients waits until no client with a session is connected to any server.
func (e *realEnsemble) awaitNoClients(ctx context.Context) error {
	return live.Await(ctx, "wait until no client is connected any more", nil, func() error {
		for _, id := range e.members {
			answer, err := e.word(ctx, id, "cons")
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			for line := range strings.Lines(answer) {
				if strings.Contains(line, "sid=") {
					return fmt.Errorf("%s: %s", id, strings.TrimSpace(line))
				}
			}
		}
		return nil
	})
}

// settle returns once everything that any server was asked for has been executed: a server forwards
// requests to the leader in order, including a Sync.
func (e *realEnsemble) settle(ctx context.Context) error {
	failed := make([]error, len(e.members))
	var all sync.WaitGroup
	for i, id := range e.members {
		all.Go(func() {
			conn, err := e.session(ctx, id)
			if err == nil {
				defer conn.Close()
				_, err = conn.Sync(zookeeper.LockPath)
			}
			if err != nil {
				failed[i] = fmt.Errorf("%s: sync: %w", id, err)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// clear creates the lock's znode anew, without children. It starts over if its connection is lost.
func (e *realEnsemble) clear(ctx context.Context, s backends.Settings) error {
	return live.Await(ctx, "clear "+zookeeper.LockPath, nil, func() error { return e.clearOnce(ctx, s) })
}

func (e *realEnsemble) clearOnce(ctx context.Context, s backends.Settings) error {
	if err := e.settle(ctx); err != nil {
		return err
	}
	conn, err := e.session(ctx, e.members...)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Sync(zookeeper.LockPath); err != nil { // by now this server knows all of that
		return fmt.Errorf("sync: %w", err)
	}
	children, _, err := conn.Children(zookeeper.LockPath)
	if err != nil && !errors.Is(err, zk.ErrNoNode) {
		return fmt.Errorf("list it: %w", err)
	}
	for _, name := range children {
		if err := conn.Delete(zookeeper.LockPath+"/"+name, -1); err != nil && !errors.Is(err, zk.ErrNoNode) {
			return fmt.Errorf("delete %s: %w", name, err)
		}
	}
	if err := conn.Delete(zookeeper.LockPath, -1); err != nil && !errors.Is(err, zk.ErrNoNode) {
		return fmt.Errorf("delete it: %w", err)
	}
	if err := createParent(conn, zookeeper.LockPath, s.On(zookeeper.OptionContainer)); err != nil {
		return fmt.Errorf("create it: %w", err)
	}
	children, stat, err := conn.Children(zookeeper.LockPath)
	if err == nil && (len(children) > 0 || stat.Cversion != 0) {
		err = fmt.Errorf("it has had children already: %q", children)
	}
	if err != nil {
		return fmt.Errorf("verify that %s is clear: %w", zookeeper.LockPath, err)
	}
	return nil
}

// session opens a session for the harness at one of these servers.
func (e *realEnsemble) session(ctx context.Context, members ...sim.HostID) (*zk.Conn, error) {
	var servers []string
	agents := map[string]*live.Agent{}
	for _, id := range members {
		agent := e.lab.Agent(id)
		address := net.JoinHostPort(agent.Address(), clientPort)
		servers = append(servers, address)
		agents[address] = agent
	}
	dial := func(network, address string, timeout time.Duration) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return agents[address].Dial(ctx, network, address)
	}
	ready := make(chan struct{})
	var once sync.Once
	conn, _, err := zk.Connect(servers, connectLimit, zk.WithDialer(dial), zk.WithLogger(silent{}), zk.WithLogInfo(false),
		zk.WithEventCallback(func(e zk.Event) {
			if e.State == zk.StateHasSession {
				once.Do(func() { close(ready) })
			}
		}))
	if err != nil {
		return nil, err
	}
	select {
	case <-ready:
		return conn, nil
	case <-ctx.Done():
		conn.Close()
		return nil, fmt.Errorf("open a session: %w", context.Cause(ctx))
	}
}

// silent is a zk.Logger that discards what the client library logs; what matters is in the history.
type silent struct{}

func (silent) Printf(string, ...any) {}
