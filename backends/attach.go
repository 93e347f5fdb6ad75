//go:build linux

package backends

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/relay"
)

// Attachable is a Live backend that can also run on servers that somebody else operates.
type Attachable interface {
	Live
	// Attach returns the backend on these servers.
	Attach(to *Attachment) Attached
	// DialUnder is Dial for a lock on attached servers. Every name it creates there begins with
	// names.Prefix.
	DialUnder(names Names, h *live.Host, servers []string, s Settings) (Lock, error)
}

// Discoverer is an Attachable for which the user names only some servers; those know the others.
type Discoverer interface {
	Attachable
	// Asked describes in a few words for which servers --attach takes more than addresses.
	Asked() string
	// Discover asks the servers listed in text for all others. It is called outside the live world,
	// before anything runs; text is the part of --attach after NAME=.
	Discover(ctx context.Context, text string) (*Attachment, error)
}

// Names is what a client has to know about attached servers besides their addresses in the lab.
type Names struct {
	Prefix string `json:"prefix"` // of every name it creates there
	// Service is the servers' own name for what they serve; empty if they have none.
	Service string `json:"service,omitempty"`
	// Told are the addresses by which the servers refer to each other, in the order of
	// Backend.Servers; empty if they never give such addresses to clients.
	Told []string `json:"told,omitempty"`
}

// Attached is a backend on servers that somebody else operates. It touches nothing on them outside
// its prefixes. Start only makes sure that they serve; Reset removes what the lab's trial left
// behind. The backend keeps its name, and it records and finds the same things as on servers of its
// own.
type Attached interface {
	Live
	// Attachment returns where the servers are.
	Attachment() *Attachment
	// Clean removes what any trial under these prefixes left on the servers. It is called outside
	// the live world, once everything inside has ended.
	Clean(ctx context.Context, prefixes []string) error
}

// Attachment is where the servers of an attached backend are and how the live world reaches them.
type Attachment struct {
	Addresses []string // of the servers, as net.Dial takes them, in the order of Backend.Servers
	Sockets   []string // of the relay, one for each address; empty when outside the live world
	Dir       string   // the relay's
	Service   string   // see Names
	Told      []string // see Names

	mu       sync.Mutex
	prefixes map[*live.Lab]string
}

// prefixMark begins the names of the files that record which prefixes were handed out.
const prefixMark = "prefix-"

// Prefix returns the prefix of all names that the lab's present trial creates on the servers. No
// two trials share one, not even in different runs, so a command that is still in the relay when a
// trial ends sees nothing of the next trial. Redis, etcd and ZooKeeper all accept it as part of a
// name.
func (a *Attachment) Prefix(lab *live.Lab) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.prefixes[lab]; p != "" {
		return p, nil
	}
	account, err := os.MkdirTemp(a.Dir, prefixMark)
	if err != nil {
		return "", fmt.Errorf("keep account of what is put on the servers at %s: %w", strings.Join(a.Addresses, ", "), err)
	}
	if a.prefixes == nil {
		a.prefixes = map[*live.Lab]string{}
	}
	p := prefixOf(a.Dir, account)
	a.prefixes[lab] = p
	return p, nil
}

// prefixOf builds "locklab-RUN-TRIAL-" from the random parts of both names.
func prefixOf(dir, account string) string {
	run := dir[strings.LastIndex(dir, "-")+1:]
	return "locklab-" + run + "-" + strings.TrimPrefix(filepath.Base(account), prefixMark) + "-"
}

// Names returns what a client in this lab has to know.
func (a *Attachment) Names(lab *live.Lab) (*Names, error) {
	prefix, err := a.Prefix(lab)
	if err != nil {
		return nil, err
	}
	return &Names{Prefix: prefix, Service: a.Service, Told: a.Told}, nil
}

// Prefixes lists every prefix that any process has handed out under a relay's directory.
func Prefixes(dir string) ([]string, error) {
	accounts, err := filepath.Glob(filepath.Join(dir, prefixMark+"*"))
	if err != nil {
		return nil, fmt.Errorf("list what was put on servers: %w", err)
	}
	var out []string
	for _, each := range accounts {
		out = append(out, prefixOf(dir, each))
	}
	slices.Sort(out)
	return out, nil
}

// CheckAddress returns what is wrong with a server address given by the user, or nil.
func CheckAddress(address string) error {
	if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
		return fmt.Errorf("%q is not where a server is, expected HOST:PORT", address)
	}
	return nil
}

// Fits returns nil if there is one server for each of these hosts.
func (a *Attachment) Fits(hosts []sim.HostID) error {
	if len(a.Addresses) != len(hosts) {
		return fmt.Errorf("the trial has %d server(s) (%s), and %d are attached", len(hosts), listHosts(hosts), len(a.Addresses))
	}
	return nil
}

func listHosts(hosts []sim.HostID) string {
	names := make([]string, len(hosts))
	for i, id := range hosts {
		names[i] = string(id)
	}
	return strings.Join(names, ", ")
}

// Stand makes each host stand in for its server, at this port, for one trial.
func (a *Attachment) Stand(ctx context.Context, lab *live.Lab, hosts []sim.HostID, port string) error {
	for i, id := range hosts {
		if err := relay.Start(ctx, lab, id, port, a.Sockets[i]); err != nil {
			return err
		}
	}
	return nil
}

// Reset removes what the lab's trial left behind, using the backend's Clean. The next trial gets
// another prefix.
func (a *Attachment) Reset(ctx context.Context, lab *live.Lab, clean func(ctx context.Context, prefixes []string) error) error {
	prefix, err := a.Prefix(lab)
	if err != nil {
		return err
	}
	if err := clean(ctx, []string{prefix}); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.prefixes, lab)
	return nil
}

// Only returns an attachment to just one of the servers. It has no prefixes of its own.
func (a *Attachment) Only(server int) *Attachment {
	one := &Attachment{Addresses: a.Addresses[server : server+1], Dir: a.Dir}
	if len(a.Sockets) > 0 {
		one.Sockets = a.Sockets[server : server+1]
	}
	return one
}

// Dial connects to a server without crossing the lab's network: through the relay, or directly when
// called from outside.
func (a *Attachment) Dial(ctx context.Context, server int) (net.Conn, error) {
	if len(a.Sockets) > 0 {
		return relay.Dial(ctx, a.Sockets[server])
	}
	return new(net.Dialer).DialContext(ctx, "tcp", a.Addresses[server])
}

// RefuseWritten returns an error if somebody asked for one of these options: they are settings of
// servers, and an attached backend does not start its servers.
func RefuseWritten(s Settings, options ...string) error {
	for _, name := range options {
		if s.Written(name) {
			return fmt.Errorf("%s is a setting of the servers, and attached servers are as they are", name)
		}
	}
	return nil
}
