// Package control has the two locks against which every other one is measured: none, which excludes
// nobody, and perfect, whose service never errs. What still goes wrong under perfect is not the
// lock service's fault.
package control

import (
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/virtual"
)

// None is no lock at all, as a backends.Backend: every client gets it at once.
type None struct{}

var _ backends.Backend = None{}

// Name is "none".
func (None) Name() string { return "none" }

// Title describes it in one line.
func (None) Title() string { return "no lock at all: everybody may go on at once" }

// Options is empty.
func (None) Options() []backends.Option { return nil }

// IssuesTokens is false.
func (None) IssuesTokens() bool { return false }

// Servers is empty.
func (None) Servers(backends.Settings) []sim.HostID { return nil }

// Parts is empty: there is no service.
func (None) Parts(backends.Settings) []sim.Role { return nil }

// Never lists everything that takes a service, or a request to one.
func (None) Never(backends.Settings) []sim.Kind {
	return slices.Concat(backends.NodeKinds(), backends.WithoutRenewal(), []sim.Kind{sim.AcquireSent, sim.Expired, sim.Forgotten})
}

// Simulate gives every host its own permission to go on.
func (None) Simulate(*virtual.World, backends.Settings) func(*virtual.Host) backends.Lock {
	return func(h *virtual.Host) backends.Lock { return newNoLock(h) }
}

// noLock grants every request. It records Granted and Freed on the client's own host, as there is
// no server that could.
type noLock struct {
	host  sim.Host
	name  string // of this lock, and the beginning of its grants' names
	count int    // of grants
}

func newNoLock(h sim.Host) *noLock { return &noLock{host: h, name: nameOf("none", h)} }

func (l *noLock) Acquire(time.Duration) (backends.Lease, error) {
	l.count++
	lease := &noLease{host: l.host, grant: fmt.Sprintf("%s:%d", l.name, l.count)}
	l.host.Record(sim.Event{Kind: sim.Granted, Grant: lease.grant})
	return lease, nil
}

type noLease struct {
	host  sim.Host
	grant string
}

func (l *noLease) Grant() string        { return l.grant }
func (l *noLease) Token() uint64        { return 0 }
func (l *noLease) Until() time.Duration { return 0 }
func (l *noLease) Valid() bool          { return true }
func (l *noLease) Lost() sim.Signal     { return nil }

func (l *noLease) Release() error {
	l.host.Record(sim.Event{Kind: sim.Freed, Grant: l.grant})
	return nil
}
