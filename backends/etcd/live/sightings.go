//go:build linux

package etcdlive

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/sim"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// sightings are the changes of the store that have been seen at any member, each once and in their
// order.
type sightings struct {
	host   sim.Host // the host whose trial it is
	record func(at time.Duration, e sim.Event)

	mu   sync.Mutex
	last int64         // revision of the last change seen
	at   time.Duration // true time of the last stamp
	keys []etcd.Key    // of the lock, in the order of their creation
	lock etcd.Succession
}

func newSightings(h sim.Host, record func(at time.Duration, e sim.Event)) *sightings {
	return &sightings{host: h, record: record}
}

// start records what the store holds before anything else is recorded.
func (s *sightings) start(revision int64, kvs []*mvccpb.KeyValue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = revision
	for _, kv := range kvs {
		s.keys = append(s.keys, keyOf(s.host, kv))
	}
	s.lock.PassTo(s.first(), sim.Event{}, func(sim.Event) {})
}

// revision returns that of the last change seen.
func (s *sightings) revision() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// take processes changes that a member showed at a true time; they count as having happened on its
// host. alive are the leases that lived after them. All changes of one revision come together, and
// none before them may be missing. Later changes are never stamped earlier, whichever member showed
// them sooner: another member may have been quicker to say which leases are alive.
func (s *sightings) take(at time.Duration, member sim.HostID, changes []*clientv3.Event, alive map[int64]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(changes) > 0 {
		revision := changes[0].Kv.ModRevision
		n := slices.IndexFunc(changes, func(c *clientv3.Event) bool { return c.Kv.ModRevision != revision })
		if n < 0 {
			n = len(changes)
		}
		if revision > s.last {
			s.last, s.at = revision, max(s.at, at)
			for _, c := range changes[:n] {
				s.change(c)
				s.account(member, c)
			}
			ended := sim.Event{Kind: sim.Expired, Client: s.lock.Holder.Client}
			if alive[int64(s.lock.Holder.Lease)] {
				ended = sim.Event{Kind: sim.Freed} // only the key was deleted, and it is unknown by whom
			}
			s.lock.PassTo(s.first(), ended, func(e sim.Event) {
				e.Host = member
				s.record(s.at, e)
			})
		}
		changes = changes[n:]
	}
}

func (s *sightings) change(c *clientv3.Event) {
	switch name := string(c.Kv.Key); {
	case !strings.HasPrefix(name, etcd.LockPrefix):
	case c.Type == clientv3.EventTypeDelete:
		s.keys = slices.DeleteFunc(s.keys, func(k etcd.Key) bool { return k.Name == name })
	case c.IsCreate():
		s.keys = append(s.keys, keyOf(s.host, c.Kv))
	}
}

// account processes what a transaction put into the account's key, or noted that it would have put.
// It ignores what was not written in this trial.
func (s *sightings) account(member sim.HostID, c *clientv3.Event) {
	name := string(c.Kv.Key)
	if c.Type == clientv3.EventTypeDelete || name != etcd.AccountKey && name != etcd.RefusedKey {
		return
	}
	entry, err := entryOf(s.host, c.Kv)
	if err != nil {
		return
	}
	e := etcd.Put{Entry: entry}.Event(name == etcd.AccountKey, entry.Version)
	e.Host = member
	s.record(s.at, e)
}

// first returns the key that holds the lock, zero if there is none.
func (s *sightings) first() etcd.Key {
	if len(s.keys) == 0 {
		return etcd.Key{}
	}
	return s.keys[0]
}
