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
)

// Attachable is a Live backend that can also be run on servers that somebody else runs.
type Attachable interface {
	Live
	// Attach gives the backend on these servers.
	Attach(to *Attachment) Attached
	// DialUnder is Dial for a lock on attached servers. All that it makes there has a name
	// that begins with names.Prefix.
	DialUnder(names Names, h *live.Host, servers []string, s Settings) (Lock, error)
}

// Discoverer is an Attachable of which only some servers are named by the user, as those
// know of the others.
type Discoverer interface {
	Attachable
	// Asked says in a few words for which servers what else is given to --attach.
	Asked() string
	// Discover asks the servers that text is about for all others. It is called outside the
	// live world, before anything is run; text is what was given to --attach behind NAME=.
	Discover(ctx context.Context, text string) (*Attachment, error)
}

// Names is what a client has to know of attached servers besides where they stand in the
// lab.
type Names struct {
	Prefix string `json:"prefix"` // of the names of all that it makes there
	// Service is what the servers call what they serve; empty: they have no name for it.
	Service string `json:"service,omitempty"`
	// Told are the addresses by which the servers name each other, in the order of
	// Backend.Servers; none: they do not name each other to clients.
	Told []string `json:"told,omitempty"`
}

// Attached is a backend on servers that somebody else runs. It touches nothing on them but
// what its prefixes cover. Start only makes sure that they serve; Reset removes what the
// lab's trial has left. The backend keeps its name, and what it records and finds is what
// it records and finds on servers of its own.
type Attached interface {
	Live
	// Attachment says where the servers are.
	Attachment() *Attachment
	// Clean removes from the servers what any trial under these prefixes has left. It is
	// called outside the live world, when everything inside has ended.
	Clean(ctx context.Context, prefixes []string) error
}

// Attachment is where the servers of an attached backend are, and how they are reached
// from within the live world.
type Attachment struct {
	Addresses []string // of the servers, as net.Dial takes them, in the order of Backend.Servers
	Sockets   []string // of the relay, one an address; none: this is outside
	Dir       string   // the relay's
	Service   string   // see Names
	Told      []string // see Names

	mu       sync.Mutex
	prefixes map[*live.Lab]string
}

// prefixMark begins the names of the files that keep account of prefixes.
const prefixMark = "prefix-"

// Prefix is what all names begin with that the lab's present trial makes on the servers: no
// two trials have the same, nor have two runs. What is still on its way to the servers when a
// trial is over, through the relay, so gets nothing of the next trial to see. It can be part
// of a name in Redis, etcd and ZooKeeper.
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

// prefixOf makes "locklab-RUN-TRIAL-" of the random parts of both names.
func prefixOf(dir, account string) string {
	run := dir[strings.LastIndex(dir, "-")+1:]
	return "locklab-" + run + "-" + strings.TrimPrefix(filepath.Base(account), prefixMark) + "-"
}

// Names gives a client in this lab what it has to know.
func (a *Attachment) Names(lab *live.Lab) (*Names, error) {
	prefix, err := a.Prefix(lab)
	if err != nil {
		return nil, err
	}
	return &Names{Prefix: prefix, Service: a.Service, Told: a.Told}, nil
}

// Prefixes lists every prefix that has been given out under a relay's directory, by any
// process.
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

// CheckAddress says what is wrong with the address of a server that the user has given; nil:
// nothing.
func CheckAddress(address string) error {
	if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
		return fmt.Errorf("%q is not where a server is, expected HOST:PORT", address)
	}
	return nil
}

// Fits says nil if there is one server for each of these hosts.
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

// Stand lets each host stand for its server, at this port, for one trial.
func (a *Attachment) Stand(ctx context.Context, lab *live.Lab, hosts []sim.HostID, port string) error {
	for i, id := range hosts {
		if err := live.StartRelay(ctx, lab, id, port, a.Sockets[i]); err != nil {
			return err
		}
	}
	return nil
}

// Reset removes what the lab's trial has left, with the backend's Clean. The next trial has
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

// Only is the attachment of one of its servers. It has no prefixes of its own.
func (a *Attachment) Only(server int) *Attachment {
	one := &Attachment{Addresses: a.Addresses[server : server+1], Dir: a.Dir}
	if len(a.Sockets) > 0 {
		one.Sockets = a.Sockets[server : server+1]
	}
	return one
}

// Dial connects to a server, past the lab's network: through the relay, or from outside
// directly.
func (a *Attachment) Dial(ctx context.Context, server int) (net.Conn, error) {
	if len(a.Sockets) > 0 {
		return live.DialRelay(ctx, a.Sockets[server])
	}
	return new(net.Dialer).DialContext(ctx, "tcp", a.Addresses[server])
}

// RefuseWritten says which of these options somebody has asked for: they are settings of
// servers, which an attached backend does not start. nil: none.
func RefuseWritten(s Settings, options ...string) error {
	for _, name := range options {
		if s.Written(name) {
			return fmt.Errorf("%s is a setting of the servers, and attached servers are as they are", name)
		}
	}
	return nil
}
