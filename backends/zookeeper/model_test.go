package zookeeper

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step applies the next change in the first epoch.
func step(t *Tree, c Command) Reply { return t.Apply(max(t.Zxid(), Zxid(1, 0))+1, c) }

func TestZnodesAreNumberedAndTheLowestHolds(t *testing.T) {
	tree := NewTree()
	one := step(tree, Command{Kind: CommandOpen, Client: "client-1"}).Session
	two := step(tree, Command{Kind: CommandOpen, Client: "client-2"}).Session
	a := step(tree, Command{Kind: CommandCreate, Session: one, Path: "/account/b-"}).Node
	b := step(tree, Command{Kind: CommandCreate, Session: two, Path: "/account/a-"}).Node
	if a.Path != "/account/b-0000000000" || b.Path != "/account/a-0000000001" {
		t.Errorf("created %s and %s", a.Path, b.Path)
	}
	if n, held := tree.Holder(); !held || n != a {
		t.Errorf("%s holds the lock, expected the lower number whatever its name", n.Path)
	}
	if r := step(tree, Command{Kind: CommandDelete, Session: one, Path: a.Path}); r.Err != nil || !slices.Equal(r.Removed, []Node{a}) {
		t.Errorf("deleted: %+v", r)
	}
	if n, held := tree.Holder(); !held || n != b {
		t.Errorf("after the release %s holds the lock", n.Path)
	}
	if r := step(tree, Command{Kind: CommandDelete, Session: one, Path: a.Path}); !errors.Is(r.Err, ErrNoNode) {
		t.Errorf("deleted again: %+v", r)
	}
}

func TestTheEndOfASessionRemovesItsZnodesAndRefusesItsRequests(t *testing.T) {
	tree := NewTree()
	one := step(tree, Command{Kind: CommandOpen}).Session
	two := step(tree, Command{Kind: CommandOpen}).Session
	a := step(tree, Command{Kind: CommandCreate, Session: one, Path: "/account/a-"}).Node
	b := step(tree, Command{Kind: CommandCreate, Session: two, Path: "/account/b-"}).Node
	c := step(tree, Command{Kind: CommandCreate, Session: one, Path: "/account/c-"}).Node
	if r := step(tree, Command{Kind: CommandClose, Session: one}); !slices.Equal(r.Removed, []Node{a, c}) {
		t.Errorf("removed %+v", r.Removed)
	}
	if got := tree.Children(); !slices.Equal(got, []string{b.Path}) {
		t.Errorf("left are %q", got)
	}
	for _, k := range []CommandKind{CommandCreate, CommandDelete, CommandClose, CommandSync, CommandParent} {
		if r := step(tree, Command{Kind: k, Session: one, Path: b.Path}); !errors.Is(r.Err, ErrSessionExpired) {
			t.Errorf("%s in a session that is over: %+v", k, r)
		}
	}
	if !tree.Exists(b.Path) {
		t.Error("a session that is over deleted another one's znode")
	}
}

func TestAContainerThatWasRemovedCountsFromZeroButZxidsGoOn(t *testing.T) { // Z6, Z7
	tree := NewTree()
	s := step(tree, Command{Kind: CommandOpen}).Session
	create := Command{Kind: CommandCreate, Session: s, Path: "/account/a-"}
	if step(tree, Command{Kind: CommandReap}); !errors.Is(step(tree, Command{Kind: CommandDelete, Session: s}).Err, ErrNoNode) || tree.orphaned {
		t.Error("a container was removed that nobody has used yet")
	}
	first := step(tree, create).Node
	if step(tree, Command{Kind: CommandReap}); !tree.Exists(first.Path) || tree.orphaned {
		t.Error("a container was removed that is in use")
	}
	step(tree, Command{Kind: CommandDelete, Session: s, Path: first.Path})
	step(tree, Command{Kind: CommandReap})
	if r := step(tree, create); !errors.Is(r.Err, ErrNoNode) {
		t.Errorf("created below a parent that is gone: %+v", r)
	}
	step(tree, Command{Kind: CommandParent, Session: s})
	again := step(tree, create).Node
	if again.Sequence != first.Sequence || again.Czxid <= first.Czxid {
		t.Errorf("first number %d, czxid %#x; then number %d, czxid %#x", first.Sequence, first.Czxid, again.Sequence, again.Czxid)
	}
}

func TestAnotherEpochHasHigherZxids(t *testing.T) {
	if a, b := Zxid(1, 1<<31), Zxid(2, 1); a >= b {
		t.Errorf("%#x is not below %#x", a, b)
	}
}

// A session ends at a whole tick, later than its timeout after the last touch, but by no more than
// a tick (Z3).
func TestSessionsEndUpToATickLateAndNeverEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := time.Duration(rapid.Int64Range(1, 5e9).Draw(t, "tick"))
		timeout := time.Duration(rapid.Int64Range(1, 5e10).Draw(t, "timeout"))
		now := time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "opened"))
		book := tracker{tick: tick}
		book.add(now, 1, timeout, connID{})
		for range rapid.IntRange(0, 3).Draw(t, "touches") {
			now += time.Duration(rapid.Int64Range(0, int64(timeout)).Draw(t, "later"))
			if !book.touch(now, 1) {
				t.Fatal("the session is not known")
			}
		}
		ends := book.sessions[0].ends
		if late := ends - (now + timeout); late <= 0 || late > tick || ends%tick != 0 {
			t.Fatalf("touched at %v, timeout %v, tick %v: ends at %v", now, timeout, tick, ends)
		}
		if ended := book.expire(ends - 1); len(ended) != 0 {
			t.Fatalf("expired a nanosecond early")
		}
		if ended := book.expire(ends); !slices.Equal(ended, []uint64{1}) || book.touch(ends, 1) {
			t.Fatalf("at its end: expired %v; or still touchable", ended)
		}
	})
}

func TestARequestOverAConnectionThatWasLeftIsNotTheSessions(t *testing.T) {
	book := tracker{tick: time.Second}
	old, young := connID{7, 1}, connID{7, 2}
	book.add(0, 1, time.Second, old)
	if !book.owns(1, old) || !book.move(0, 1, young) || book.owns(1, old) || !book.owns(1, young) {
		t.Error("the session did not move to the new connection")
	}
	if book.move(0, 2, young) || book.owns(2, young) {
		t.Error("a session that does not exist has moved")
	}
}
