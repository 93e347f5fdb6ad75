//go:build linux

package sentinellive

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/locklab/locklab/backends/redis"
	redislive "github.com/locklab/locklab/backends/redis/live"
	"github.com/locklab/locklab/backends/sentinel"
	"github.com/locklab/locklab/backends/wire"
	"github.com/locklab/locklab/sim"
	goredis "github.com/redis/go-redis/v9"
)

// network is the sentinel.Network over go-redis, with a client for each server and Sentinel. They
// are named by their addresses.
type network struct {
	host    wire.Host
	clients map[sim.HostID]*redislive.Client

	service string // the Sentinels' name for the master
	// places maps the Sentinels' addresses of servers, host and port, to those in the lab; nil if
	// the Sentinels use the lab's.
	places map[string]sim.HostID
}

func newNetwork(h wire.Host) *network {
	return &network{host: h, clients: map[sim.HostID]*redislive.Client{}, service: serviceName}
}

func (n *network) client(ip sim.HostID) *redislive.Client {
	c := n.clients[ip]
	if c == nil {
		c = redislive.NewClient(n.host, string(ip))
		n.clients[ip] = c
	}
	return c
}

func (n *network) MasterOf(sentinel sim.HostID, timeout time.Duration) (sim.HostID, error) {
	reply, err := n.client(sentinel).Do(timeout, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", n.service)
	if err != nil {
		return "", err
	}
	told, err := addressIn(reply)
	if err != nil {
		return "", fmt.Errorf("the Sentinel at %s: %w", sentinel, err)
	}
	return n.placeOf(told)
}

// placeOf returns the lab's address of the server that a Sentinel names.
func (n *network) placeOf(told string) (sim.HostID, error) {
	if n.places == nil {
		ip, _, err := net.SplitHostPort(told)
		return sim.HostID(ip), err
	}
	place, ok := n.places[told]
	if !ok {
		return "", fmt.Errorf("the master is %s, to which no way leads out of the lab", told)
	}
	return place, nil
}

// addressIn reads a master's host and port from a Sentinel's answer.
func addressIn(reply any) (string, error) {
	address, ok := reply.([]any)
	if !ok || len(address) != 2 {
		return "", fmt.Errorf("it knows of no master: it says %v", reply)
	}
	return net.JoinHostPort(fmt.Sprint(address[0]), fmt.Sprint(address[1])), nil
}

func (n *network) Command(server sim.HostID, c redis.Command, sent func(), left func() time.Duration) (sentinel.Answer, error) {
	client, timeout := n.client(server), left()
	if sent != nil {
		client.Sent = func(string) { sent() }
	}
	var a sentinel.Answer
	var err error
	switch c.Kind {
	case redis.CommandSetNX:
		a.Reply.OK, err = client.SetNX(c.Key, c.Value, c.PX, timeout)
	case redis.CommandSetNXWithToken:
		a.Reply.Token, a.Reply.OK, err = client.SetNXWithToken(c.Key, c.Counter, c.Value, c.PX, timeout)
	case redis.CommandCompareAndDelete:
		a.Reply.OK, err = client.CompareAndDelete(c.Key, c.Value, timeout)
	case redis.CommandDelete:
		a.Reply.OK, err = client.Delete(c.Key, timeout)
	case redis.CommandCompareAndExpire:
		a.Reply.OK, err = client.CompareAndExpire(c.Key, c.Value, c.PX, timeout)
	case redis.CommandAdd:
		a.Reply.OK = true
		err = client.Add(c.Key, c.Value, timeout)
	case redis.CommandExpireCycle, redis.CommandHello, redis.CommandObtain:
		panic("a client does not ask for " + string(c.Kind))
	default:
		panic("unknown command " + string(c.Kind))
	}
	if err == nil {
		return a, nil
	}
	var refused goredis.Error
	if !errors.As(err, &refused) {
		return sentinel.Answer{}, err
	}
	switch {
	case strings.HasPrefix(refused.Error(), "READONLY"):
		err = sentinel.ErrReadOnly
	case strings.HasPrefix(refused.Error(), "NOREPLICAS"):
		err = sentinel.ErrNoReplicas
	}
	return sentinel.Answer{Err: err}, nil
}

// WaitReplicas sends WAIT over the connection that carried the write, since WAIT is about the
// writes of its own connection.
func (n *network) WaitReplicas(server sim.HostID, _ sentinel.Answer, replicas int, limit, timeout time.Duration) (int, error) {
	reply, err := n.client(server).Do(timeout, "WAIT", replicas, limit.Milliseconds())
	if err != nil {
		return 0, err
	}
	had, ok := reply.(int64)
	if !ok {
		return 0, fmt.Errorf("WAIT was answered with %v, expected a number", reply)
	}
	return int(had), nil
}
