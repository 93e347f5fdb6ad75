//go:build linux

package zookeeperlive

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/locklab/locklab/backends/realtime"
	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim"
	"pgregory.net/rapid"
)

// comparison gives the model and a real server the same commands, from two clients.
type comparison struct {
	*rapid.T
	tree     *zookeeper.Tree
	expected []sim.Event // what the model did to the lock
	ports    [2]*libraryPort
	sessions [2]uint64 // in the model
	known    map[uint64]bool
	czxids   []uint64 // given by the real server, in the order of creation
}

// apply makes the model execute a change and notes what that did to the lock.
func (c *comparison) apply(command zookeeper.Command, by int) zookeeper.Reply {
	before, held := c.tree.Holder()
	zxid := max(c.tree.Zxid(), zookeeper.Zxid(1, 0)) + 1
	r := c.tree.Apply(zxid, command)
	c.known[r.Node.Session] = true // in the log, a session has its client's name from its first znode on
	change := zookeeper.Change{Kind: command.Kind, Removed: r.Removed, Held: held, Before: before}
	if c.known[command.Session] {
		change.Client = clientID(by)
	}
	if command.Kind == zookeeper.CommandClose {
		change.Kind = zookeeper.CommandDelete // it is the client's wish
	}
	c.expected = append(c.expected, change.Events(c.tree, byCzxid)...)
	return r
}

func clientID(i int) sim.HostID { return sim.HostID(fmt.Sprintf("client-%d", i+1)) }

// What a client asks for.
const (
	askChildren = "children"
	askExists   = "exists"
	askCreate   = "create"
	askDelete   = "delete"
	askSync     = "sync"
	askParent   = "create-parent"
)

// perform makes both execute a command, and compares their answers.
func (c *comparison) perform(kind string, by int, path string) {
	port, session := c.ports[by], c.sessions[by]
	switch kind {
	case askCreate:
		got, err := port.Create(path, patience)
		want := c.apply(zookeeper.Command{Kind: zookeeper.CommandCreate, Session: session, Path: path}, by)
		c.same("create "+path, err, want.Err)
		if got.Path != want.Node.Path || got.Sequence != want.Node.Sequence || got.Version != want.Node.Version {
			c.Fatalf("created %+v, the model %+v", got, want.Node)
		}
		if err == nil {
			if n := len(c.czxids); n > 0 && got.Czxid <= c.czxids[n-1] {
				c.Fatalf("created with the zxid %#x after %#x", got.Czxid, c.czxids[n-1])
			}
			c.czxids = append(c.czxids, got.Czxid)
		}
	case askDelete:
		err := port.Delete(path, patience)
		c.same("delete "+path, err, c.apply(zookeeper.Command{Kind: zookeeper.CommandDelete, Session: session, Path: path}, by).Err)
	case askParent:
		err := port.CreateParent(patience)
		c.same("create the parent", err, c.apply(zookeeper.Command{Kind: zookeeper.CommandParent, Session: session}, by).Err)
	case askSync:
		err := port.Sync(patience)
		c.same("sync", err, c.apply(zookeeper.Command{Kind: zookeeper.CommandSync, Session: session}, by).Err)
	case askExists:
		_, got, err := port.Exists(path, patience)
		c.same("exists "+path, err, nil)
		if want := c.tree.Exists(path); got != want {
			c.Fatalf("exists %s = %t, the model %t", path, got, want)
		}
	case askChildren:
		got, err := port.Children(patience)
		c.same("list the children", err, nil)
		want := c.tree.Children()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			c.Fatalf("children %q, the model %q", got, want)
		}
	}
}

func (c *comparison) same(what string, got, want error) {
	c.Helper()
	if !errors.Is(got, want) || want == nil && got != nil {
		c.Fatalf("%s: %v, the model: %v", what, got, want)
	}
}

// end ends a client's session.
func (c *comparison) end(by int) {
	c.ports[by].close()
	c.apply(zookeeper.Command{Kind: zookeeper.CommandClose, Session: c.sessions[by]}, by)
}

// begin opens a client's session, on a host that the test's own process holds. It lasts until end:
// the model here has no clock.
func (c *comparison) begin(h *realtime.Host, by int) {
	c.ports[by] = openFor(c, named{h, clientID(by)}, unhurriedTTL, net.DialTimeout)
	c.sessions[by] = c.apply(zookeeper.Command{Kind: zookeeper.CommandOpen, Client: clientID(by)}, by).Session
}

// named is the same host under another name.
type named struct {
	*realtime.Host
	id sim.HostID
}

func (n named) ID() sim.HostID { return n.id }

func TestTheModelDoesWhatZooKeeperDoesAndTheObserverSeesIt(t *testing.T) {
	server := sharedServer(t)
	kinds := []string{askCreate, askCreate, askCreate, askDelete, askDelete, askDelete, askExists, askChildren, askSync, askParent, "end"}
	rapid.Check(t, func(t *rapid.T) {
		server.clear(t)
		seen := &logRecorder{token: byCzxid}
		log := newEnsembleLog(server.logs)
		if err := seen.takeIn(log); err != nil {
			t.Fatal(err)
		}
		var events []sim.Event
		seen.record = func(e sim.Event) { events = append(events, e) }
		c := &comparison{T: t, tree: zookeeper.NewTree(), known: map[uint64]bool{}}
		realtime.Run("both", func(h *realtime.Host) {
			c.begin(h, 0)
			c.begin(h, 1)
			for range rapid.IntRange(1, 15).Draw(t, "commands") {
				kind := rapid.SampledFrom(kinds).Draw(t, "kind")
				by := rapid.IntRange(0, 1).Draw(t, "client")
				path := fmt.Sprintf("%s/%s-", zookeeper.LockPath, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"))
				switch {
				case kind == "end":
					c.end(by)
					c.begin(h, by)
					continue
				case kind != askCreate && len(c.tree.Children()) > 0 && rapid.Bool().Draw(t, "there"):
					path = rapid.SampledFrom(c.tree.Children()).Draw(t, "path")
				case kind != askCreate:
					path += "0000000099"
				}
				c.perform(kind, by, path)
			}
			c.end(0)
			c.end(1)
		})
		if err := seen.takeIn(log); err != nil {
			t.Fatal(err)
		}
		c.compareEvents(events)
	})
}

// compareEvents compares what the observer of the real server saw with what the model did. They
// differ in the zxids, which must be the observer's tokens.
func (c *comparison) compareEvents(real []sim.Event) {
	lines := func(events []sim.Event) (out []string) {
		for _, e := range events {
			path, _, _ := strings.Cut(e.Grant, "@")
			out = append(out, fmt.Sprintf("%s %s %s", e.Kind, path, e.Client))
		}
		return out
	}
	if got, want := lines(real), lines(c.expected); !slices.Equal(got, want) {
		c.Fatalf("the observer saw  %q\nthe model did     %q", got, want)
	}
	for _, e := range real {
		if e.Kind != sim.Granted {
			continue
		}
		if _, zxid, _ := strings.Cut(e.Grant, "@"); fmt.Sprintf("%#x", e.Token) != zxid || !slices.Contains(c.czxids, e.Token) {
			c.Fatalf("the observer saw the token %#x for the grant %s; created were %#x", e.Token, e.Grant, c.czxids)
		}
	}
}
