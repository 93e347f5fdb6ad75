//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/internal/consensus"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	servePort = "2379"
	peerPort  = "2380"
	// socketName is where a member serves the harness and the observer, in addition to its address:
	// a socket in its host's directory, which no partition cuts off. etcd 3.4 requires a name that
	// looks like an address.
	socketName = "client:0"
	// answerLimit is how long a member may take to answer the harness.
	answerLimit = time.Second
)

// quick returns the settings for locklab's own clusters: quick elections, unless somebody asked for
// others.
func quick(s backends.Settings) backends.Settings {
	if s.Written(etcd.OptionElection) {
		return s
	}
	return s.WithChoice(etcd.OptionElection, etcd.ElectionQuick)
}

// serverArguments returns the command that runs a member, in its host's directory. peers lists
// every member as name=URL.
func serverArguments(p program, timing consensus.Timing, name, ip string, peers []string) []string {
	client, peer := "http://"+net.JoinHostPort(ip, servePort), "http://"+net.JoinHostPort(ip, peerPort)
	// etcd 3.4 does not start if the socket of a killed one still exists.
	return []string{"/bin/sh", "-c", "rm -f " + socketName + `; exec "$@"`, "etcd", p.path,
		"--name", name, "--data-dir", "data",
		"--listen-client-urls", client + ",unix://" + socketName, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", strings.Join(peers, ","), "--initial-cluster-state", "new",
		"--heartbeat-interval", fmt.Sprint(timing.Heartbeat.Milliseconds()),
		"--election-timeout", fmt.Sprint(timing.Election.Milliseconds()),
		"--pre-vote", "--logger", "zap", "--log-level", "error",
	}
}

// sockets returns the paths of the members' sockets.
func sockets(lab *live.Lab, members []sim.HostID) []string {
	var paths []string
	for _, id := range members {
		paths = append(paths, filepath.Join(lab.Dir(id), socketName))
	}
	return paths
}

// socketClient is a client of one member through its socket.
func socketClient(path string) (*clientv3.Client, error) {
	return newClient(filepath.Base(filepath.Dir(path)), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	})
}

// liveCluster is the cluster as the harness sees it, with a client for each member.
type liveCluster struct {
	members []sim.HostID
	clients []*clientv3.Client
}

func reachCluster(lab *live.Lab, members []sim.HostID) (*liveCluster, error) {
	c := &liveCluster{members: members}
	for _, path := range sockets(lab, members) {
		client, err := socketClient(path)
		if err != nil {
			c.close()
			return nil, err
		}
		c.clients = append(c.clients, client)
	}
	return c, nil
}

func (c *liveCluster) close() {
	for _, client := range c.clients {
		client.Close() // its connections are closed whatever it returns
	}
}

// each asks all members at once and returns their errors, nil for a member without one. Every
// member has at most answerLimit.
func (c *liveCluster) each(ctx context.Context, f func(ctx context.Context, i int, client *clientv3.Client) error) []error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	errs := make([]error, len(c.clients))
	var all sync.WaitGroup
	for i, client := range c.clients {
		all.Go(func() {
			err := connected(ctx, client)
			if err == nil {
				err = f(ctx, i, client)
			}
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", c.members[i], err)
			}
		})
	}
	all.Wait()
	return errs
}

// statuses asks every member for its own state and its leader; the entry of a member that does not
// answer is nil.
func (c *liveCluster) statuses(ctx context.Context) ([]*clientv3.StatusResponse, error) {
	answers := make([]*clientv3.StatusResponse, len(c.clients))
	errs := c.each(ctx, func(ctx context.Context, i int, client *clientv3.Client) (err error) {
		answers[i], err = client.Status(ctx, client.Endpoints()[0])
		return err
	})
	return answers, errors.Join(errs...)
}

// agreed returns nil if every member answers, all name the same leader in the same term, and each
// can serve a linearizable read, which needs a working majority.
func (c *liveCluster) agreed(ctx context.Context) error {
	answers, err := c.statuses(ctx)
	if err != nil {
		return err
	}
	for i, a := range answers {
		if a.Leader == 0 || a.Leader != answers[0].Leader || a.RaftTerm != answers[0].RaftTerm {
			return fmt.Errorf("%s names leader %x of term %d, and %s %x of term %d",
				c.members[0], answers[0].Leader, answers[0].RaftTerm, c.members[i], a.Leader, a.RaftTerm)
		}
	}
	return errors.Join(c.each(ctx, func(ctx context.Context, _ int, client *clientv3.Client) error {
		_, err := client.Get(ctx, etcd.LockPrefix)
		return err
	})...)
}

// leader returns the leader of the latest term that any member knows of, or "" if none knows a
// leader. It need not be a member that answers: a stopped member still leads until the others have
// found another one.
func (c *liveCluster) leader(ctx context.Context) (sim.HostID, error) {
	answers, err := c.statuses(ctx)
	answered := slices.DeleteFunc(answers, func(a *clientv3.StatusResponse) bool { return a == nil })
	if len(answered) == 0 {
		return "", fmt.Errorf("ask the members who leads: %w", err)
	}
	if leader := latestLeader(answered); leader != 0 {
		return c.nameOf(ctx, leader)
	}
	return "", nil // no answering member knows of one
}

// latestLeader returns the leader of the latest term for which any of these members knows one; 0 if
// none does.
func latestLeader(answers []*clientv3.StatusResponse) (leader uint64) {
	term := uint64(0)
	for _, a := range answers {
		if a.Leader != 0 && a.RaftTerm > term {
			leader, term = a.Leader, a.RaftTerm
		}
	}
	return leader
}

// nameOf returns the name of the member with this number, which any member knows.
func (c *liveCluster) nameOf(ctx context.Context, number uint64) (sim.HostID, error) {
	names := make([]sim.HostID, len(c.clients))
	errs := c.each(ctx, func(ctx context.Context, i int, client *clientv3.Client) error {
		list, err := client.MemberList(ctx, clientv3.WithSerializable())
		if err != nil {
			return err
		}
		for _, m := range list.Members {
			if m.ID == number {
				names[i] = sim.HostID(m.Name)
			}
		}
		return nil
	})
	for _, name := range names {
		if name != "" {
			return name, nil
		}
	}
	return "", fmt.Errorf("no member knows who member %x is: %w", number, errors.Join(errs...))
}

// clear deletes every key and ends every lease, and verifies that no member has any left.
func (c *liveCluster) clear(ctx context.Context) error {
	leases, err := c.clients[0].Leases(ctx)
	if err != nil {
		return fmt.Errorf("list the leases: %w", err)
	}
	for _, lease := range leases.Leases {
		if _, err := c.clients[0].Revoke(ctx, lease.ID); err != nil && !errors.Is(errorOf(err), etcd.ErrNoLease) {
			return fmt.Errorf("revoke lease %x: %w", lease.ID, err)
		}
	}
	if _, err := c.clients[0].Delete(ctx, everyKey, clientv3.WithFromKey()); err != nil {
		return fmt.Errorf("delete all keys: %w", err)
	}
	return errors.Join(c.each(ctx, func(ctx context.Context, _ int, client *clientv3.Client) error {
		keys, err := client.Get(ctx, everyKey, clientv3.WithFromKey(), clientv3.WithCountOnly())
		if err != nil {
			return err
		}
		leases, err := client.Leases(ctx) // as this member knows them, which has just caught up
		if err != nil {
			return err
		}
		if keys.Count > 0 || len(leases.Leases) > 0 {
			return fmt.Errorf("there are still %d keys and %d leases", keys.Count, len(leases.Leases))
		}
		return nil
	})...)
}

// everyKey is the lowest key, the start of a range over all keys.
const everyKey = "\x00"
