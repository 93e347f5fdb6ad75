//go:build linux

package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/scenarios/services"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/namespaces"
	"github.com/locklab/locklab/sim/live/relay"
)

// relayVar is the environment variable that tells the inner process where the outer one's relay is.
const relayVar = "LOCKLAB_RELAY"

// cleanLimit is how long it may take at the end to remove everything from attached servers;
// cleanEach is added to it for each trial.
const (
	cleanLimit = 30 * time.Second
	cleanEach  = 20 * time.Millisecond
)

// Attachments are lock services that somebody else runs, by backend.
type Attachments struct {
	all []attachment
}

type attachment struct {
	name    string // the backend's
	backend backends.Attachable
	to      *backends.Attachment
}

// ParseAttachments parses NAME=HOST:PORT[,HOST:PORT...], at most one for each backend. A backend
// that discovers its servers interprets the text after the = itself. Inside the live world,
// ParseAttachments instead reads what Open has stored and finds the way out that Open has prepared.
func ParseAttachments(ctx context.Context, list []string) (*Attachments, error) {
	if namespaces.Inside() && len(list) > 0 {
		return attachmentsInside(os.Getenv(relayVar))
	}
	a := &Attachments{}
	for _, text := range list {
		name, servers, _ := strings.Cut(text, "=")
		b, err := findAttachable(name)
		if err != nil {
			return nil, err
		}
		for _, earlier := range a.all {
			if earlier.name == name {
				return nil, fmt.Errorf("%s is attached twice", name)
			}
		}
		to, err := readServers(ctx, b, servers)
		if err != nil {
			return nil, err
		}
		a.all = append(a.all, attachment{name, b, to})
	}
	return a, nil
}

// readServers parses the addresses of a backend's servers, or discovers them.
func readServers(ctx context.Context, b backends.Attachable, text string) (*backends.Attachment, error) {
	if d, ok := b.(backends.Discoverer); ok {
		return d.Discover(ctx, text)
	}
	to := &backends.Attachment{Addresses: strings.Split(text, ",")}
	for _, each := range to.Addresses {
		if err := backends.CheckAddress(each); err != nil {
			return nil, fmt.Errorf("%w, as in %s=127.0.0.1:7000", err, b.Name())
		}
	}
	return to, nil
}

func findAttachable(name string) (backends.Attachable, error) {
	for _, b := range services.Registry() {
		if able, ok := b.(backends.Attachable); ok && b.Name() == name {
			return able, nil
		}
	}
	return nil, fmt.Errorf("%q cannot be attached, expected NAME=HOST:PORT[,HOST:PORT...] with one of %s", name, strings.Join(Attachable(), ", "))
}

// Attachable names the backends that can be run on servers that somebody else runs.
func Attachable() (names []string) {
	for _, b := range services.Registry() {
		if _, ok := b.(backends.Attachable); ok {
			names = append(names, b.Name())
		}
	}
	return names
}

// AttachedOtherwise says, for each backend whose servers are named in another way, how.
func AttachedOtherwise() (ways []string) {
	for _, b := range services.Registry() {
		if d, ok := b.(backends.Discoverer); ok {
			ways = append(ways, d.Asked())
		}
	}
	return ways
}

// Replace returns the backend as it runs on attached servers, or the backend itself if none are
// attached for it. The option sets of a backend, such as redlock-redsync, also run on its servers
// unless they have some of their own.
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
		if backends.Service(b) == each.name {
			found = each
		}
	}
	if found == nil {
		return b
	}
	return able.Attach(found.to)
}

// Open gives the inner process a way to the attached servers, and to nothing else. It is called
// outside, and fails if one of them cannot be reached. Call leave when the inner process has ended;
// it removes what the trials left on the servers.
func (a *Attachments) Open() (leave func() error, err error) {
	var addresses []string
	for _, each := range a.all {
		addresses = append(addresses, each.to.Addresses...)
	}
	way, err := relay.New(addresses)
	if err != nil {
		return nil, fmt.Errorf("attach: %w", err)
	}
	if err := errors.Join(a.leaveWord(way.Dir()), os.Setenv(relayVar, way.Dir())); err != nil {
		return nil, errors.Join(err, way.Close())
	}
	return func() error {
		prefixes, err := backends.Prefixes(way.Dir())
		return errors.Join(err, os.Unsetenv(relayVar), way.Close(), a.clean(prefixes))
	}, nil
}

func (a *Attachments) clean(prefixes []string) error {
	if len(prefixes) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanLimit+time.Duration(len(prefixes))*cleanEach)
	defer cancel()
	var failed []error
	for _, each := range a.all {
		if err := each.backend.Attach(each.to).Clean(ctx, prefixes); err != nil {
			failed = append(failed, fmt.Errorf("remove everything that begins with %s: %w", strings.Join(prefixes, " or "), err))
		}
	}
	return errors.Join(failed...)
}

// onAttached reports why the trial cannot be run on attached servers; nil means that it can, or
// that its servers are locklab's own.
func (t Trial) onAttached() error {
	if _, ok := t.Backend.Backend.(backends.Attached); !ok {
		return nil
	}
	if t.Scenario.Inside {
		return errors.New("this script keeps its account in the lock service, which works only on locklab's own servers")
	}
	if t.Scenario.Adds() {
		return errors.New("this script's clients add elements to a set, which works only on locklab's own servers")
	}
	c, err := t.setup()
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

// namesIn returns what clients in this lab need to know about attached servers; nil means that the
// servers are locklab's own.
func namesIn(lab *live.Lab, service backends.Live) (*backends.Names, error) {
	a, ok := service.(backends.Attached)
	if !ok {
		return nil, nil
	}
	return a.Attachment().Names(lab)
}

// dialLock connects a client's process to its lock.
func dialLock(h *live.Host, b backends.Backend, spec clientSpec, s backends.Settings) (backends.Lock, error) {
	if spec.Attached == nil {
		return b.(backends.Live).Dial(h, spec.Servers, s)
	}
	return b.(backends.Attachable).DialUnder(*spec.Attached, h, spec.Servers, s)
}
