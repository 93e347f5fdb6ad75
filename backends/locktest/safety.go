package locktest

import (
	"slices"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
	"pgregory.net/rapid"
)

// OneOwner checks that, as the service recorded it, the lock has one owner at a time, and only that
// owner's lock is extended or ended.
func OneOwner(t rapid.TB, h *sim.History) {
	t.Helper()
	owner := ""
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Granted:
			if owner != "" {
				t.Fatalf("at %v granted to %s while %s held it", e.At, e.Grant, owner)
			}
			owner = e.Grant
		case sim.Freed, sim.Expired, sim.Extended:
			if e.Grant != owner {
				t.Fatalf("at %v %s of %s while %s held it", e.At, e.Kind, e.Grant, owner)
			}
			if e.Kind != sim.Extended {
				owner = ""
			}
		}
	}
}

// RisingTokens checks that every grant has a higher token than the one before.
func RisingTokens(t rapid.TB, h *sim.History) {
	t.Helper()
	last := uint64(0)
	for _, e := range Only(h, sim.Granted) {
		if e.Token <= last {
			t.Fatalf("at %v token %d was given after token %d", e.At, e.Token, last)
		}
		last = e.Token
	}
}

// ValidOverlap finds a client that acquires the lock while another belief in it, possibly its own,
// is still within its deadline.
func ValidOverlap(h *sim.History) (sim.Event, bool) {
	beliefs := trace.Read(h).Beliefs
	for i, b := range beliefs {
		for _, before := range beliefs[:i] {
			if before.Open(b.Began.Seq) && before.Valid(b.Began.Seq) {
				return *b.Began, true
			}
		}
	}
	return sim.Event{}, false
}

// Tokens returns the tokens that clients received, one after the other, and fails unless the
// service gave the same ones.
func Tokens(t rapid.TB, h *sim.History) (received []uint64) {
	t.Helper()
	var given []uint64
	for _, e := range h.Events {
		switch e.Kind {
		case sim.Granted:
			given = append(given, e.Token)
		case sim.Acquired:
			received = append(received, e.Token)
		}
	}
	if !slices.Equal(received, given) {
		t.Errorf("the service gave the tokens %d, the clients received %d", given, received)
	}
	return received
}
