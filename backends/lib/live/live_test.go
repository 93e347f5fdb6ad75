//go:build linux

package liblive

import (
	"slices"
	"testing"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/backends/locktest"
	"github.com/locklab/locklab/sim"
)

// everyLibrary runs a test for each library, with one set of servers.
func everyLibrary(t *testing.T, test func(b *bench)) {
	for _, each := range libraries() {
		t.Run(each.Name(), func(t *testing.T) {
			t.Parallel()
			test(newBench(t, each.Name()))
		})
	}
}

func TestLibrariesHandTheLockOverAndGiveUpWhenItIsHeld(t *testing.T) {
	everyLibrary(t, func(b *bench) {
		handedOver(b)
		waitsInVain(b)
	})
}

// handedOver checks that client 2 gets the lock once client 1 has given it back, and that what the
// clients were told is what the service did.
func handedOver(b *bench) {
	s := b.trial(
		locktest.Order{Wait: patience, Work: labTTL / 2},
		locktest.Order{Wait: patience, After: labTTL / 4, Work: labTTL / 4})
	var tokens []uint64
	for _, id := range []sim.HostID{"client-1", "client-2"} {
		acquired := s.only(id, sim.Acquired)
		granted, freed := s.first(sim.Granted, acquired.Grant), s.first(sim.Freed, acquired.Grant)
		if granted.Token != acquired.Token {
			b.Errorf("%s was told token %d, and the service gave %d", id, acquired.Token, granted.Token)
		}
		if sent := s.of(id, sim.AcquireSent); len(sent) == 0 || sent[0].At > acquired.At {
			b.Errorf("%s acquired the lock, and had asked for it in %v", id, sent)
		}
		if s.only(id, sim.Released).At < s.only(id, sim.Release).At || freed.At < granted.At {
			b.Errorf("%s: the order is wrong, in\n%s", id, s)
		}
		s.only(id, sim.Check)
		tokens = append(tokens, acquired.Token)
	}
	if s.only("client-2", sim.Acquired).At < s.only("client-1", sim.Release).At {
		b.Errorf("both clients held the lock at once, in\n%s", s)
	}
	if b.Backend.IssuesTokens() != (tokens[0] > 0) || b.Backend.IssuesTokens() && tokens[1] <= tokens[0] {
		b.Errorf("the tokens are %d", tokens)
	}
}

// waitsInVain checks that client 2, which does not wait for as long as client 1 keeps the lock, is
// told that the lock is held. (On a busy machine servers may miss redsync's time-out, and then it
// is told that.) Later it gets the lock all the same.
func waitsInVain(b *bench) {
	s := b.trial(
		locktest.Order{Wait: patience, Work: labTTL * 3 / 4},
		locktest.Order{Wait: labTTL / 4, After: labTTL / 4, Times: 4})
	failed := s.of("client-2", sim.NotAcquired)
	held := func(e sim.Event) bool { return e.Note == backends.ErrHeld.Error() }
	if !slices.ContainsFunc(failed, held) {
		b.Fatalf("client 2 has given up %d times, expected it to be told that the lock is held, in\n%s", len(failed), s)
	}
	if acquired := s.of("client-2", sim.Acquired); len(acquired) == 0 || acquired[0].At < s.only("client-1", sim.Release).At {
		b.Errorf("client 2 did not get the lock after client 1, in\n%s", s)
	}
}

// What a holder learns that was paused for longer than its lease (K4).
func TestWhatAPausedHolderLearnsFromItsLibrary(t *testing.T) {
	for lock, learns := range map[string]struct {
		looks    sim.Kind // what it finds when it checks
		released sim.Kind // what it is told when it gives the lock back
		lost     int      // how often it is told without asking
	}{
		"lib/redislock": {looks: sim.Abandon, released: sim.NotReleased},
		"lib/redsync":   {looks: sim.Abandon, released: sim.NotReleased},
		// Its session is done. Unlock deletes a key by name, and does not report that it was no
		// longer there.
		"lib/etcd-mutex": {looks: sim.Abandon, released: sim.Released, lost: 1},
		"lib/zk-lock":    {looks: sim.Check, released: sim.NotReleased}, // Z10
	} {
		t.Run(lock, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, lock)
			// Client 1 works for long enough after it wakes up to be told. The pause may have
			// caught the answer to one of etcd's keep-alives, which makes the library take its
			// lease for valid until the next one, half a second later.
			s := b.trial(
				locktest.Order{Wait: patience, Work: labTTL * 3 / 2},
				locktest.Order{Wait: patience, After: labTTL / 4, Work: labTTL / 4},
				locktest.PauseOn("client-1", sim.Acquired, 3*labTTL))
			first, second := s.only("client-1", sim.Acquired), s.only("client-2", sim.Acquired)
			s.first(sim.Expired, first.Grant)
			looked := s.only("client-1", learns.looks)
			if s.first(sim.Granted, second.Grant).At > looked.At {
				t.Errorf("client 2 did not get the lock while client 1 slept, in\n%s", s)
			}
			s.only("client-1", learns.released)
			if lost := s.of("client-1", sim.Lost); len(lost) != learns.lost {
				t.Errorf("client 1 was told %d times that it has lost the lock, expected %d, in\n%s", len(lost), learns.lost, s)
			}
		})
	}
}

// A12, K16: a client that takes an old answer for a fresh one believes in a lease that has already
// ended.
func TestWhichLibraryTakesAnAnswerThatComesAfterTheLease(t *testing.T) {
	for lock, takes := range map[string]bool{"lib/redislock": true, "lib/etcd-mutex": true, "lib/redsync": false} {
		t.Run(lock, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, lock)
			s := b.trial(
				locktest.Order{Wait: patience, Work: labTTL / 4},
				locktest.Order{Wait: patience, After: labTTL / 4, Work: labTTL / 4},
				locktest.PauseOn("client-1", sim.AcquireSent, 3*labTTL))
			acquired := s.only("client-1", sim.Acquired)
			sent := s.of("client-1", sim.AcquireSent)
			if once := len(sent) == 1; once != takes {
				t.Fatalf("client 1 asked for the lock %d times, in\n%s", len(sent), s)
			}
			expired := s.service(sim.Expired, acquired.Grant)
			granted := s.service(sim.Granted, acquired.Grant)
			switch {
			case takes && (len(expired) != 1 || expired[0].At > acquired.At):
				t.Errorf("the lease did not end before client 1 took the answer, in\n%s", s)
			case !takes && len(granted) != 2: // redsync asks again with the same value
				t.Errorf("client 1 did not get the lock by asking again, in\n%s", s)
			}
		})
	}
}

func TestARefreshedLockOfRedislockOutlivesItsLease(t *testing.T) {
	t.Parallel()
	b := newBench(t, "lib/redislock+renew")
	s := b.trial(
		locktest.Order{Wait: patience, Work: 2 * labTTL},
		locktest.Order{Wait: patience, After: labTTL / 4})
	first := s.only("client-1", sim.Acquired)
	s.only("client-1", sim.Check)
	s.only("client-1", sim.Released)
	if len(s.of("client-1", sim.Renewed)) == 0 || len(s.service(sim.Extended, first.Grant)) == 0 || len(s.service(sim.Expired, first.Grant)) > 0 {
		t.Errorf("the lock was not kept, in\n%s", s)
	}
	if s.only("client-2", sim.Acquired).At < s.only("client-1", sim.Release).At {
		t.Errorf("client 2 got the lock meanwhile, in\n%s", s)
	}
}

// These libraries keep their leases alive silently. locklab records that all the same, for as long
// as the lock is held; the users are told nothing.
func TestWhatKeepsALockOfALibraryAliveIsHeardOf(t *testing.T) {
	for _, lock := range []string{"lib/etcd-mutex", "lib/zk-lock"} {
		t.Run(lock, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, lock)
			s := b.trial(
				locktest.Order{Wait: patience, Work: 3 * labTTL},
				locktest.Order{Wait: patience, After: labTTL / 4})
			acquired, released := s.only("client-1", sim.Acquired), s.only("client-1", sim.Released)
			kept := s.of("client-1", sim.KeptAlive)
			if n := len(kept); n < 3 || n > 12 { // etcd's client looks twice a second, and ZooKeeper's three times a session
				t.Errorf("it was kept alive %d times, in\n%s", n, s)
			}
			for _, e := range kept {
				if e.Grant != acquired.Grant || e.At < acquired.At || e.At > released.At {
					t.Errorf("%s was kept alive at %v, and %s was held from %v to %v", e.Grant, e.At, acquired.Grant, acquired.At, released.At)
				}
			}
			if told := s.of("client-1", sim.Renewed); len(told) > 0 {
				t.Errorf("its user was told of renewals, in\n%s", s)
			}
		})
	}
}

func TestRedsyncWorksWithOneServerToo(t *testing.T) {
	t.Parallel()
	handedOver(newBench(t, "lib/redsync+nodes=1"))
}
