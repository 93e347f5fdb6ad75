//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// comparison gives the model and a real server the same commands. The real server numbers its
// leases differently, and its revisions go on from one script to the next.
type comparison struct {
	*rapid.T
	host     sim.Host
	port     *clientPort
	model    *etcd.Model
	leases   []uint64 // the real ones, by the model's number - 1
	offset   uint64   // of the real revision
	seen     *sightings
	lock     etcd.Succession
	expected []sim.Event // what the observer must see
}

// real returns the real lease for the model's; none has the number 99.
func (c *comparison) real(lease uint64) uint64 {
	if lease == 0 || lease > uint64(len(c.leases)) {
		return 99
	}
	return c.leases[lease-1]
}

// same compares a real key with the model's.
func (c *comparison) same(what string, real, model etcd.Key) {
	c.Helper()
	if model != (etcd.Key{}) {
		model.Created += c.offset
		model.Lease = c.real(model.Lease)
		model.Client = c.host.ID()
	}
	if real != model {
		c.Fatalf("%s: etcd has %+v, the model %+v", what, real, model)
	}
}

// apply makes the model execute a command and notes what follows for the lock. Seen from outside, a
// lease that was revoked looks like one that ran out, and it is unknown who asked for that.
func (c *comparison) apply(command etcd.Command) etcd.Reply {
	r := c.model.Apply(command)
	first, _ := c.model.First(etcd.LockPrefix)
	if first != (etcd.Key{}) {
		first.Created += c.offset
		first.Lease = c.real(first.Lease)
		first.Client = c.host.ID()
	}
	ended := sim.Event{Kind: sim.Freed}
	if command.Kind == etcd.CommandLeaseRevoke {
		ended = sim.Event{Kind: sim.Expired, Client: c.lock.Holder.Client}
	}
	c.lock.PassTo(first, ended, func(e sim.Event) { c.expected = append(c.expected, e) })
	return r
}

// awaitObserver waits until the observer has seen everything that was done. When it sees that a key
// was deleted, it asks a member which leases are alive. If the deletion was a moment ago and the
// lease is revoked only now, it would take the revocation for the reason of the deletion.
func (c *comparison) awaitObserver() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.seen.await(ctx, int64(c.model.Revision()+c.offset))
}

// perform draws a command, makes both execute it, and compares their answers.
func (c *comparison) perform() {
	key := rapid.SampledFrom([]string{etcd.LockPrefix + "a", etcd.LockPrefix + "b", etcd.LockPrefix + "c", "other"}).Draw(c.T, "key")
	lease := rapid.Uint64Range(1, uint64(len(c.leases))+1).Draw(c.T, "lease") // the last one does not exist
	created := rapid.Uint64Range(1, c.model.Revision()).Draw(c.T, "revision")
	switch what := rapid.SampledFrom([]string{"grant", "keep alive", "revoke", "create", "create", "delete", "delete at", "get", "last", "put", "put", "read account"}).Draw(c.T, "command"); what {
	case "grant":
		ttl := rapid.SampledFrom([]time.Duration{time.Hour, time.Hour + time.Millisecond}).Draw(c.T, "ttl")
		id, granted, err := c.port.LeaseGrant(ttl, patience)
		want := c.apply(etcd.Command{Kind: etcd.CommandLeaseGrant, TTL: etcd.WholeSeconds(ttl)})
		if err != nil || granted != want.TTL {
			c.Fatalf("a lease of %v was granted for %v (%v), expected %v", ttl, granted, err, want.TTL)
		}
		c.leases = append(c.leases, id)
	case "keep alive":
		ttl, err := keepAliveOnce(c.port, c.real(lease))
		if l, ok := c.model.Lease(lease); ttl != l.TTL || err != nil {
			c.Fatalf("keep alive: %v, %v; the model has %+v, %t", ttl, err, l, ok)
		}
	case "revoke":
		c.awaitObserver()
		if err := c.port.LeaseRevoke(c.real(lease), patience); err != nil {
			c.Fatal(err)
		}
		c.apply(etcd.Command{Kind: etcd.CommandLeaseRevoke, Lease: lease})
	case "create":
		own, first, err := c.port.Create(key, etcd.LockPrefix, c.real(lease), patience)
		want := c.apply(etcd.Command{Kind: etcd.CommandCreate, Key: key, Prefix: etcd.LockPrefix, Lease: lease})
		if want.OK != (err == nil) || !want.OK && !errors.Is(err, etcd.ErrNoLease) {
			c.Fatalf("create: %v; the model says %t", err, want.OK)
		}
		c.same("own", own, want.Own)
		c.same("first", first, want.First)
	case "delete", "delete at":
		real := uint64(0)
		if what == "delete" {
			created = 0
		} else {
			real = created + c.offset
		}
		ok, err := c.port.Delete(key, real, patience)
		if want := c.apply(etcd.Command{Kind: etcd.CommandDelete, Key: key, Created: created}); err != nil || ok != want.OK {
			c.Fatalf("%s %d: %t, %v; the model says %t", what, created, ok, err, want.OK)
		}
	case "get":
		k, ok, err := c.port.Get(key, patience)
		if want, found := c.model.Get(key); err != nil || ok != found {
			c.Fatalf("get: %t, %v; the model says %t", ok, err, found)
		} else {
			c.same("get", k, want)
		}
	case "put":
		p := etcd.Put{Entry: etcd.Entry{Op: "client-1/1", Base: rapid.Uint64Range(0, 4).Draw(c.T, "base"), Balance: rapid.Int64Range(0, 100).Draw(c.T, "balance")}}
		p.Unchanged = rapid.Bool().Draw(c.T, "on condition that nobody has put")
		if rapid.Bool().Draw(c.T, "on condition that the key is there") {
			p.LockKey, p.Created = key, created
			if holder, held := c.model.First(etcd.LockPrefix); held {
				p.LockKey, p.Created = holder.Name, rapid.SampledFrom([]uint64{holder.Created, created}).Draw(c.T, "revision of the lock's key")
			}
		}
		c.put(p)
	case "read account":
		if e, err := c.port.ReadAccount(patience); err != nil || e != c.model.Account() {
			c.Fatalf("the account is read as %+v, %v; the model has %+v", e, err, c.model.Account())
		}
	case "last":
		k, revision, ok, err := c.port.LastCreated(etcd.LockPrefix, created+c.offset, patience)
		want, found := c.model.LastCreated(etcd.LockPrefix, created)
		if err != nil || ok != found || revision != c.model.Revision()+c.offset {
			c.Fatalf("last created up to %d: %t at %d, %v; the model says %t at %d", created, ok, revision-c.offset, err, found, c.model.Revision())
		}
		c.same("last created", k, want)
	}
}

// put makes both put the account's key, and notes what the observer must see of it.
func (c *comparison) put(p etcd.Put) {
	c.Helper()
	real := p
	if p.LockKey != "" {
		real.Created += c.offset
	}
	p.Client = c.host.ID()
	want := c.apply(etcd.Command{Kind: etcd.CommandPut, Put: p}).Placed
	got, err := c.port.PutAccount(real, patience)
	if err != nil || got.Done != want.Done || got.Entry != want.Entry {
		c.Fatalf("put %+v: %+v, %v; the model says %+v", p, got, err, want)
	}
	c.same("the lock's key", got.Lock, want.Lock)
	c.expected = append(c.expected, p.Event(want.Done, want.Entry.Version))
}

func TestTheModelDoesWhatEtcdDoesAndTheObserverSeesIt(t *testing.T) {
	eachServer(t, func(t *testing.T, p program) {
		server := startServer(t, p)
		rapid.Check(t, func(t *rapid.T) {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if err := server.cluster.clear(ctx); err != nil {
				t.Fatal(err)
			}
			var seen []sim.Event
			o := &observer{
				members: []watched{{"", server.admin}},
				now:     func() time.Duration { return 0 },
				seen:    newSightings(nil, func(_ time.Duration, e sim.Event) { seen = append(seen, e) }),
			}
			if err := o.begin(ctx); err != nil {
				t.Fatal(err)
			}
			var expected []sim.Event
			realtime.Run("client-1", func(h *realtime.Host) {
				port := server.port(t, h)
				defer port.close()
				c := &comparison{T: t, host: h, port: port, model: etcd.NewModel(), seen: o.seen}
				c.offset = uint64(o.seen.revision()) - c.model.Revision()
				for range rapid.IntRange(1, 20).Draw(t, "commands") {
					c.perform()
				}
				expected = c.expected
			})
			o.end()
			o.seen.mu.Lock() // nothing more is recorded
			defer o.seen.mu.Unlock()
			if !slices.EqualFunc(seen, expected, func(a, b sim.Event) bool { return reflect.DeepEqual(a, b) }) {
				t.Fatalf("the observer saw  %+v\nthe model did     %+v", seen, expected)
			}
		})
	})
}
