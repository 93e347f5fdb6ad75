//go:build linux

package liblive

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/lib"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live"
	"github.com/locklab/locklab/sim/live/livetest"
)

const (
	labTTL   = time.Second      // etcd grants no shorter lease
	patience = 20 * time.Second // far more than any of this takes
)

// libraries are the backends of this package.
func libraries() (all []Backend) {
	for _, b := range lib.Backends() {
		all = append(all, Backend{b.(lib.Backend)})
	}
	return all
}

func TestMain(m *testing.M) {
	duties := map[string]live.Duty{locktest.HolderDuty: locktest.Holder(holdAndLook, libraries()...)}
	for _, b := range libraries() {
		maps.Copy(duties, b.Duties())
	}
	os.Exit(livetest.Main(m, duties))
}

// holdAndLook takes the lock once. After its work the client checks whether it may still count on
// it.
func holdAndLook(o locktest.Order) locktest.Plan {
	return func(h sim.Host, lock backends.Lock) {
		lease := locktest.Take(h, lock, o.Wait)
		if lease == nil {
			return
		}
		h.Sleep(o.Work)
		looked := sim.Event{Kind: sim.Abandon, Grant: lease.Grant()}
		if lease.Valid() {
			looked.Kind = sim.Check
		}
		h.Record(looked)
		locktest.GiveBack(h, lease)
	}
}

// bench is a lab with the servers that a library works with, and two clients' hosts.
type bench struct {
	*locktest.Lab
	used bool
}

func newBench(t *testing.T, lock string) *bench {
	t.Helper()
	b := &bench{Lab: locktest.NewLab(t, lock, labTTL, false, []sim.HostID{"client-1", "client-2"}, libraries()...)}
	b.Start()
	return b
}

// trial runs the two clients, and returns what happened.
func (b *bench) trial(first, second locktest.Order, steps ...sim.Step) story {
	b.Helper()
	if b.used {
		b.Reset()
	}
	b.used = true
	return story{b.T, b.Trial(patience, []locktest.Order{first, second}, steps...).Events}
}

// story is what happened in a trial.
type story struct {
	*testing.T
	events []sim.Event
}

func (s story) String() string { return locktest.Transcript(s.events) }

// of returns the events of these kinds that a host recorded.
func (s story) of(host sim.HostID, kinds ...sim.Kind) (out []sim.Event) {
	for _, e := range s.events {
		if e.Host == host && slices.Contains(kinds, e.Kind) {
			out = append(out, e)
		}
	}
	return out
}

// only returns the one event of this kind that a host recorded.
func (s story) only(host sim.HostID, kind sim.Kind) sim.Event {
	s.Helper()
	found := s.of(host, kind)
	if len(found) != 1 {
		s.Fatalf("%s: %d times %s, expected once, in\n%s", host, len(found), kind, s)
	}
	return found[0]
}

// service returns the events of this kind that the observers recorded about a grant.
func (s story) service(kind sim.Kind, grant string) (out []sim.Event) {
	for _, e := range s.events {
		if e.Kind == kind && e.Grant == grant && !strings.HasPrefix(string(e.Host), "client-") {
			out = append(out, e)
		}
	}
	return out
}

// first returns the first event of this kind that the observers recorded about a grant.
func (s story) first(kind sim.Kind, grant string) sim.Event {
	s.Helper()
	found := s.service(kind, grant)
	if len(found) == 0 {
		s.Fatalf("the service has not %s %s, in\n%s", kind, grant, s)
	}
	return found[0]
}
