//go:build linux

package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim/live"
)

// relayVar tells the inner process where the outer one's relay is.
const relayVar = "LOCKLAB_RELAY"

// cleanLimit is how long it may take at the end to remove everything from attached servers.
const cleanLimit = 30 * time.Second

// Attachments are lock services that somebody else runs, by backend.
type Attachments struct {
	all []attachment
}

type attachment struct {
	name    string // the backend's
	backend backends.Attachable
	to      *backends.Attachment
}

// ParseAttachments reads NAME=HOST:PORT[,HOST:PORT...], one for each backend. Inside the
// live world it also finds the way out that Open has prepared.
func ParseAttachments(list []string) (*Attachments, error) {
	a := &Attachments{}
	socket, dir := 0, ""
	if live.Inside() {
		if dir = os.Getenv(relayVar); dir == "" && len(list) > 0 {
			return nil, errors.New("no way leads out of the live world to attached servers: the outer process has not made any")
		}
	}
	for _, text := range list {
		name, addresses, _ := strings.Cut(text, "=")
		b, err := findAttachable(name)
		if err != nil {
			return nil, err
		}
		to := &backends.Attachment{Addresses: strings.Split(addresses, ","), Dir: dir}
		for _, each := range to.Addresses {
			if host, port, err := net.SplitHostPort(each); err != nil || host == "" || port == "" {
				return nil, fmt.Errorf("%q is not where a server is, expected HOST:PORT, as in %s=127.0.0.1:7000", each, name)
			}
			if dir != "" {
				to.Sockets = append(to.Sockets, live.RelaySocket(dir, socket))
			}
			socket++
		}
		for _, earlier := range a.all {
			if earlier.name == name {
				return nil, fmt.Errorf("%s is attached twice", name)
			}
		}
		a.all = append(a.all, attachment{name, b, to})
	}
	return a, nil
}

func findAttachable(name string) (backends.Attachable, error) {
	var names []string
	for _, b := range Registry() {
		able, ok := b.(backends.Attachable)
		if !ok {
			continue
		}
		if b.Name() == name {
			return able, nil
		}
		names = append(names, b.Name())
	}
	return nil, fmt.Errorf("%q cannot be attached, expected NAME=HOST:PORT[,HOST:PORT...] with one of %s", name, strings.Join(names, ", "))
}

// Replace gives a backend as it runs on attached servers if there are any for it. The
// option sets of a backend, such as redlock-redsync, run on its servers as well, unless
// they have some of their own.
func (a *Attachments) Replace(b backends.Backend) backends.Backend {
	able, ok := b.(backends.Attachable)
	if !ok {
		return b
	}
	var found *attachment
	for i := range a.all {
		each := &a.all[i]
		if each.name == b.Name() {
			found = each
			break
		}
		if strings.HasPrefix(b.Name(), each.name+"-") {
			found = each
		}
	}
	if found == nil {
		return b
	}
	return able.Attach(found.to)
}

// Open makes a way for the inner process to the attached servers, and to nothing else. It
// is called outside, and fails when one of them cannot be reached. Call leave when the
// inner process has ended: it removes what trials have left on the servers.
func (a *Attachments) Open() (leave func() error, err error) {
	var addresses []string
	for _, each := range a.all {
		addresses = append(addresses, each.to.Addresses...)
	}
	relay, err := live.NewRelay(addresses)
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	if err := os.Setenv(relayVar, relay.Dir()); err != nil {
		return nil, errors.Join(err, relay.Close())
	}
	return func() error {
		prefixes, err := backends.Prefixes(relay.Dir())
		return errors.Join(err, os.Unsetenv(relayVar), relay.Close(), a.clean(prefixes))
	}, nil
}

func (a *Attachments) clean(prefixes []string) error {
	if len(prefixes) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanLimit)
	defer cancel()
	var failed []error
	for _, each := range a.all {
		if err := each.backend.Attach(each.to).Clean(ctx, prefixes); err != nil {
			failed = append(failed, fmt.Errorf("remove what begins with %s: %w", strings.Join(prefixes, " or "), err))
		}
	}
	return errors.Join(failed...)
}

// onAttached says why the trial cannot be run on attached servers; nil: it can, or its
// servers are locklab's own.
func (t Trial) onAttached() error {
	if _, ok := t.Backend.Backend.(backends.Attached); !ok {
		return nil
	}
	c, err := t.cast()
	if err != nil {
		return err
	}
	for _, step := range c.steps {
		if err := needsServers(step.Do, c.servers); err != nil {
			return err
		}
	}
	return nil
}

// prefixIn is what the names of the lock begin with in this lab; empty on servers of
// locklab's own.
func prefixIn(lab *live.Lab, service backends.Live) (string, error) {
	a, ok := service.(backends.Attached)
	if !ok {
		return "", nil
	}
	return a.Attachment().Prefix(lab)
}

// dialLock gives a client's process its lock.
func dialLock(h *live.Host, b backends.Backend, spec clientSpec, s backends.Settings) (backends.Lock, error) {
	if spec.Prefix == "" {
		return b.(backends.Live).Dial(h, spec.Servers, s)
	}
	return b.(backends.Attachable).DialUnder(spec.Prefix, h, spec.Servers, s)
}
