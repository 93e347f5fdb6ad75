package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// connID names a client's connection by its number since the client was started.
type connID struct {
	instance uint64 // drawn by the client when it starts
	n        int    // 1, 2, 3, …
}

// A client's messages to the server that it is connected to.
type (
	// hello asks for a session; it is the first message of a connection.
	hello struct {
		conn    connID
		session uint64 // the one to resume; 0 asks for a new one
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

// A server's messages to its client.
type (
	welcome struct { // answers hello
		conn    connID
		session uint64        // 0 if the requested one has expired
		timeout time.Duration // of the session, as the server grants it
		zxid    uint64        // the latest that the server had applied
	}
	closed   struct{ conn connID } // the server has closed the connection
	response struct {
		conn     connID
		xid      uint64
		to       requestKind // the kind of request it answers, unless that is a change
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

// origin says on which server, and by which client, a change was requested.
type origin struct {
	server sim.HostID
	client sim.HostID
	conn   connID
	xid    uint64
}

// proposal is an entry of the log.
type proposal struct {
	Command
	from origin
}

// Messages between servers, besides the broadcast.
type (
	// forward brings a change to the leader.
	forward struct{ proposal proposal }
	// upToDate tells a follower that the leader is ready for it.
	upToDate struct{}
	// touched tells the leader which sessions' clients a follower has heard. In ZooKeeper the
	// leader asks for that with a ping every half tick; here the follower sends it unasked.
	touched struct {
		at       time.Duration // on the follower's clock, when it was sent
		sessions []uint64
	}
	touchedAck struct{ at time.Duration }
	// revalidate asks the leader whether a session on a new connection is alive.
	revalidate struct {
		from    origin
		session uint64
	}
	revalidated struct {
		from    origin
		session uint64 // 0 if it has expired
	}
)
