package zookeeper

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Reasons for which a server refuses a request.
var (
	// ErrNoNode means that there is no such znode.
	ErrNoNode = errors.New("no such znode")
	// ErrSessionExpired means that the session is over, and with it its ephemeral znodes.
	ErrSessionExpired = errors.New("the session has expired")
)

// Zxid numbers a change: the upper half is the epoch of the leader that made it, the lower half its
// place in the log. A later change has a higher number.
func Zxid(epoch, index uint64) uint64 { return epoch<<32 | index }

// Node is a znode under the lock's parent. It is ephemeral: it goes with its session.
type Node struct {
	Path     string
	Czxid    uint64 // the zxid that created it
	Sequence uint64 // the number at the end of Path
	Version  uint64 // how often its data was changed since, which for a lock is never
	Session  uint64 // its owner
}

// Grant is the name of an acquisition: the znode, and the change that created it.
func (n Node) Grant() string { return fmt.Sprintf("%s@%#x", n.Path, n.Czxid) }

// Session is a client's session.
type Session struct {
	ID      uint64 // the zxid that opened it
	Timeout time.Duration
	Client  sim.HostID
}

// CommandKind is the kind of a command.
type CommandKind string

// The commands that go through the log.
const (
	CommandOpen   CommandKind = "open-session"  // (Timeout, Client)
	CommandClose  CommandKind = "close-session" // (Session)
	CommandCreate CommandKind = "create"        // (Session, Path: without the sequence number)
	CommandDelete CommandKind = "delete"        // (Session, Path)
	CommandSync   CommandKind = "sync"          // does nothing; a server that applies it has applied everything before it
	CommandParent CommandKind = "create-parent" // (Session); does nothing if it exists
	CommandReap   CommandKind = "reap"          // removes the parent if it has had children and has none
)

// Command is a change. Kind determines which fields matter.
type Command struct {
	Kind    CommandKind
	Session uint64 // the requesting one, or the one to close
	Timeout time.Duration
	Client  sim.HostID
	Path    string
}

// Reply is a command's result.
type Reply struct {
	Err     error  // ErrNoNode or ErrSessionExpired; nil if it was executed
	Session uint64 // of CommandOpen: the new one
	Node    Node   // of CommandCreate: the new one
	Removed []Node // what is gone, lowest first
}

// Tree is the state that all servers agree on, as far as the lock needs it: the sessions, and the
// znodes under one parent.
type Tree struct {
	zxid     uint64
	sessions []Session
	nodes    []Node // in the order of their sequence numbers
	orphaned bool   // the parent has been removed
	created  uint64 // the parent's cversion: how many children it has had
}

// NewTree returns a tree without sessions, and with no znode but the lock's parent.
func NewTree() *Tree { return &Tree{} }

// Apply executes one command as the change zxid.
func (t *Tree) Apply(zxid uint64, c Command) Reply {
	t.zxid = zxid
	switch c.Kind {
	case CommandOpen:
		t.sessions = append(t.sessions, Session{ID: zxid, Timeout: c.Timeout, Client: c.Client})
		return Reply{Session: zxid}
	case CommandReap:
		if t.Reapable() {
			t.orphaned, t.created = true, 0
		}
		return Reply{}
	case CommandSync, CommandParent, CommandClose, CommandCreate, CommandDelete:
		if _, alive := t.Session(c.Session); !alive {
			return Reply{Err: ErrSessionExpired}
		}
		return t.ofSession(c)
	}
	panic("unknown command " + string(c.Kind))
}

// ofSession executes a command of a live session.
func (t *Tree) ofSession(c Command) Reply {
	switch c.Kind {
	case CommandOpen, CommandReap:
		panic(string(c.Kind) + " is no command of a session")
	case CommandSync:
	case CommandParent:
		t.orphaned = false
	case CommandClose:
		t.sessions = slices.DeleteFunc(t.sessions, func(s Session) bool { return s.ID == c.Session })
		return Reply{Removed: t.remove(func(n Node) bool { return n.Session == c.Session })}
	case CommandCreate:
		if t.orphaned {
			return Reply{Err: ErrNoNode}
		}
		n := Node{Path: fmt.Sprintf("%s%010d", c.Path, t.created), Czxid: t.zxid, Sequence: t.created, Session: c.Session}
		t.created++
		t.nodes = append(t.nodes, n)
		return Reply{Node: n}
	case CommandDelete:
		gone := t.remove(func(n Node) bool { return n.Path == c.Path })
		if len(gone) == 0 {
			return Reply{Err: ErrNoNode}
		}
		return Reply{Removed: gone}
	}
	return Reply{}
}

func (t *Tree) remove(which func(Node) bool) (gone []Node) {
	t.nodes = slices.DeleteFunc(t.nodes, func(n Node) bool {
		if which(n) {
			gone = append(gone, n)
			return true
		}
		return false
	})
	return gone
}

// Reapable reports whether a parent that is a container is to be removed (ContainerManager).
func (t *Tree) Reapable() bool { return !t.orphaned && t.created > 0 && len(t.nodes) == 0 }

// Zxid is the last change that was applied.
func (t *Tree) Zxid() uint64 { return t.zxid }

// Sessions lists the open sessions, oldest first.
func (t *Tree) Sessions() []Session { return slices.Clone(t.sessions) }

// Session returns an open session.
func (t *Tree) Session(id uint64) (s Session, ok bool) {
	i := slices.IndexFunc(t.sessions, func(s Session) bool { return s.ID == id })
	if i < 0 {
		return Session{}, false
	}
	return t.sessions[i], true
}

// Children lists the paths of the znodes.
func (t *Tree) Children() []string {
	var paths []string
	for _, n := range t.nodes {
		paths = append(paths, n.Path)
	}
	return paths
}

// Find returns the znode of this path.
func (t *Tree) Find(path string) (n Node, ok bool) {
	i := slices.IndexFunc(t.nodes, func(n Node) bool { return n.Path == path })
	if i < 0 {
		return Node{}, false
	}
	return t.nodes[i], true
}

// Exists reports whether there is a znode of this path.
func (t *Tree) Exists(path string) bool {
	_, ok := t.Find(path)
	return ok
}

// Holder returns the lowest znode: by the recipe, its owner holds the lock.
func (t *Tree) Holder() (n Node, ok bool) {
	if len(t.nodes) == 0 {
		return Node{}, false
	}
	return t.nodes[0], true
}
