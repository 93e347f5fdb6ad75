package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// connID names a connection of a client: the how-manieth since the client was started.
type connID struct {
	instance uint64 // drawn by the client when it starts
	n        int    // 1, 2, 3, …
}

// What a client sends to the server that it is connected to.
type (
	// hello asks for a session, the first message of a connection.
	hello struct {
		conn    connID
		session uint64 // the one to go on with; 0: a new one
		timeout time.Duration
		seen    uint64 // the latest zxid that the client has seen
	}
	// request is everything else that wants an answer.
	request struct {
		conn connID
		xid  uint64 // of this request, in answers
		kind requestKind
		path string
	}
)

type requestKind string

const (
	askPing     requestKind = "ping"
	askChildren requestKind = "children"
	askExists   requestKind = "exists" // and watch the znode if it does
	askCreate   requestKind = "create"
	askDelete   requestKind = "delete"
	askSync     requestKind = "sync"
	askParent   requestKind = "create-parent"
	askStat     requestKind = "stat"
	askClose    requestKind = "close"
)

// What a server sends to its client.
type (
	welcome struct { // answers hello
		conn    connID
		session uint64        // 0: the one asked for has expired
		timeout time.Duration // of the session, as the server grants it
		zxid    uint64        // the latest that the server had applied
	}
	closed   struct{ conn connID } // the server has closed the connection
	response struct {
		conn     connID
		xid      uint64
		to       requestKind // what it answers, as far as that is not a change
		zxid     uint64      // the latest that the server had applied
		err      error
		node     Node     // to create and stat
		children []string // to children
		exists   bool     // to exists and stat
	}
	notice struct { // a watch has fired: the znode is gone
		conn connID
		path string
	}
)

// origin says on which server a change was asked for, and by whom.
type origin struct {
	server sim.HostID
	client sim.HostID
	conn   connID
	xid    uint64
}

// proposal is what stands in the log.
type proposal struct {
	Command
	from origin
}

// What servers send to each other, beside the broadcast.
type (
	// forward brings a change to the leader.
	forward struct{ proposal proposal }
	// upToDate tells a follower that the leader is ready for it.
	upToDate struct{}
	// touched tells the leader which sessions' clients a follower has heard. In ZooKeeper the
	// leader asks for it by a ping every half tick; here the follower sends it unasked.
	touched struct {
		at       time.Duration // on the follower's clock, when it was sent
		sessions []uint64
	}
	touchedAck struct{ at time.Duration }
	// revalidate asks the leader whether a session that comes over a new connection lives.
	revalidate struct {
		from    origin
		session uint64
	}
	revalidated struct {
		from    origin
		session uint64 // 0: it has expired
	}
)
