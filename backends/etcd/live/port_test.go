//go:build linux

package etcdlive

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/locklab/locklab/backends/etcd"
	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/livetest"
)

const key = etcd.LockPrefix + "1"

// withPort gives a test a port to a server, and a lease of an hour.
func withPort(t *testing.T, s *realServer, f func(h *realtime.Host, p *clientPort, lease uint64)) {
	t.Helper()
	realtime.Run("client-1", func(h *realtime.Host) {
		p := s.port(t, h)
		defer p.close()
		lease, _, err := p.LeaseGrant(time.Hour, patience)
		if err != nil {
			t.Fatal(err)
		}
		f(h, p, lease)
	})
}

// keepAliveOnce makes a port keep a lease alive once.
func keepAliveOnce(p *clientPort, lease uint64) (time.Duration, error) {
	stream, err := p.KeepAlives()
	if err != nil {
		return 0, err
	}
	stream.Send(lease)
	a, err := stream.Receive()
	return a.TTL, err
}

// has reports whether the server has a key.
func (s *realServer) has(t *testing.T, key string) bool {
	t.Helper()
	r, err := s.admin.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return len(r.Kvs) > 0
}

func TestALeaseLivesForAtLeastItsLengthAndThenItsKeyIsGone(t *testing.T) {
	eachServer(t, func(t *testing.T, program program) {
		s := startServer(t, program)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		var seen []sim.Kind
		o := &observer{
			members: []watched{{"", s.admin}},
			now:     func() time.Duration { return 0 },
			seen:    newSightings(nil, func(_ time.Duration, e sim.Event) { seen = append(seen, e.Kind) }),
		}
		if err := o.begin(ctx); err != nil {
			t.Fatal(err)
		}
		realtime.Run("client-1", func(h *realtime.Host) {
			p := s.port(t, h)
			defer p.close()
			before := h.Now()
			lease, ttl, err := p.LeaseGrant(300*time.Millisecond, patience)
			if err != nil || ttl != time.Second {
				t.Fatalf("a lease of 300 ms was granted for %v (%v), expected whole seconds", ttl, err)
			}
			if _, _, err := p.Create(key, etcd.LockPrefix, lease, patience); err != nil {
				t.Fatal(err)
			}
			k, ok, err := p.Get(key, patience)
			if err != nil || !ok {
				t.Fatalf("the key of a new lease: %t, %v", ok, err)
			}
			if err := p.WatchDelete(k, k.Created, patience); err != nil {
				t.Fatal(err)
			}
			if lived := h.Now() - before; lived < ttl {
				t.Errorf("the lease lived for %v, less than its %v", lived, ttl)
			}
			if _, ok, err := p.Get(key, patience); ok || err != nil {
				t.Errorf("the key outlived its lease: %t, %v", ok, err)
			}
			if left, err := keepAliveOnce(p, lease); left != 0 || err != nil {
				t.Errorf("keeping alive a lease that has ended: %v, %v", left, err)
			}
			if _, _, err := p.Create(key, etcd.LockPrefix, lease, patience); !errors.Is(err, etcd.ErrNoLease) {
				t.Errorf("creating a key under a lease that has ended: %v", err)
			}
		})
		o.end()
		if !slices.Equal(seen, []sim.Kind{sim.Granted, sim.Expired}) {
			t.Errorf("the observer saw %v, expected the lease to expire", seen)
		}
	})
}

func TestAcquireSentIsRecordedWhenTheServerHasTheRequestAndTheClientNoAnswer(t *testing.T) {
	s := anyServer(t)
	withPort(t, s, func(h *realtime.Host, p *clientPort, lease uint64) {
		answered, recorded := false, 0
		h.OnRecord = func(e sim.Event) {
			recorded++
			if e.Kind != sim.AcquireSent || e.Grant != key || answered {
				t.Errorf("recorded %+v, answered before it: %t", e, answered)
			}
			livetest.Eventually(t, "the request, on its way, reaches the server", func() bool { return s.has(t, key) })
		}
		own, first, err := p.Create(key, etcd.LockPrefix, lease, patience)
		answered = true
		if err != nil || own != first || own.Name != key || recorded != 1 {
			t.Errorf("Create = %+v, %+v, %v, with %d events; expected one, and success", own, first, err, recorded)
		}
	})
}

func TestAClientHeldBeforeItReadsTheAnswerReadsItHoweverLateItIs(t *testing.T) {
	s := anyServer(t)
	const timeout = 50 * time.Millisecond
	withPort(t, s, func(h *realtime.Host, p *clientPort, lease uint64) {
		h.OnRecord = func(sim.Event) { time.Sleep(4 * timeout) } // this is the pause
		if own, _, err := p.Create(key, etcd.LockPrefix, lease, timeout); own.Name != key || err != nil {
			t.Errorf("Create = %+v, %v; expected the answer that lay ready", own, err)
		}
	})
}

func TestAStoppedServerLeavesTheOutcomeUnknownUntilItGoesOn(t *testing.T) {
	s := anyServer(t)
	withPort(t, s, func(_ *realtime.Host, p *clientPort, lease uint64) {
		livetest.Stop(t, s.command.Process)
		if _, _, err := p.Create(key, etcd.LockPrefix, lease, 100*time.Millisecond); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Create at a stopped server: %v; expected sim.ErrUnknown", err)
		}
		livetest.Continue(t, s.command.Process)
		// The library cancels a request that it no longer waits for. The server reads both at once,
		// and may or may not have begun with the request. The same connection is used afterwards.
		own, first, err := p.Create(key, etcd.LockPrefix, lease, patience)
		if err != nil || own != first || !s.has(t, key) {
			t.Errorf("Create after it = %+v, %+v, %v", own, first, err)
		}
	})
}

func TestAServerThatCannotBeReachedLeavesTheOutcomeUnknown(t *testing.T) {
	realtime.Run("client-1", func(h *realtime.Host) {
		p, err := newPort(h, 2*time.Hour, "unix", filepath.Join(t.TempDir(), "nobody"))
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		if _, _, err := p.Create(key, etcd.LockPrefix, 1, 300*time.Millisecond); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("Create: %v", err)
		}
		if len(h.Events()) != 0 {
			t.Errorf("recorded %+v although nothing was sent", h.Events())
		}
		if err := p.connectAhead(300 * time.Millisecond); err == nil {
			t.Error("connected to nobody")
		}
	})
}

func TestTheNextMemberIsAskedWhenOneIsNotThere(t *testing.T) {
	s := anyServer(t)
	realtime.Run("client-1", func(h *realtime.Host) {
		p, err := newPort(h, 2*time.Hour, "unix", filepath.Join(t.TempDir(), "nobody"), s.socket)
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		if _, _, err := p.LeaseGrant(time.Hour, patience); err != nil {
			t.Error(err)
		}
	})
}

func TestAServersRefusalIsNotAnUnknownOutcome(t *testing.T) {
	s := anyServer(t)
	withPort(t, s, func(_ *realtime.Host, p *clientPort, _ uint64) {
		_, _, err := p.LeaseGrant(sim.Forever-time.Second, patience) // etcd allows 9 000 000 000 s
		if err == nil || errors.Is(err, sim.ErrUnknown) {
			t.Errorf("LeaseGrant for 292 years: %v", err)
		}
	})
}

func TestAWatchEndsWithTheDeletionOrItsTime(t *testing.T) {
	s := anyServer(t)
	withPort(t, s, func(_ *realtime.Host, p *clientPort, lease uint64) {
		own, _, err := p.Create(key, etcd.LockPrefix, lease, patience)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.WatchDelete(own, own.Created, 50*time.Millisecond); !errors.Is(err, sim.ErrUnknown) {
			t.Errorf("the watch of a key that stays: %v", err)
		}
		if ok, err := p.Delete(key, own.Created, patience); !ok || err != nil {
			t.Fatalf("Delete = %t, %v", ok, err)
		}
		if err := p.WatchDelete(own, own.Created, patience); err != nil {
			t.Errorf("the watch of a key that was deleted since: %v", err)
		}
	})
}
