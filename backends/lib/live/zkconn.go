//go:build linux

package liblive

import (
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/locklab/locklab/backends/internal/jute"
	"github.com/locklab/locklab/backends/wire"
)

// zkConn is a connection of go-zookeeper's that reads along. The library tells its users neither
// which znode their lock is nor which zxid created it, but the answer to the creation says both.
type zkConn struct {
	*wire.AnnouncedConn
	prefix string // of the paths of the lock's znodes
	note   func(zkNode)
	alive  func() // called when a ping was answered

	mu       sync.Mutex // the library writes and reads on goroutines of its own
	asked    bool       // for a session
	creating []int32    // xids of requests to create one of the lock's znodes

	// Of the reading goroutine:
	greeted bool // the session is confirmed
	arrived jute.Stream
}

// newZKConn makes the connection; sent is called for each request to create one of the lock's
// znodes, note for each that has been created, and alive for each ping that is answered.
func newZKConn(conn net.Conn, host wire.Host, sent func(string), prefix string, note func(zkNode), alive func()) *zkConn {
	z := &zkConn{prefix: prefix, note: note, alive: alive}
	z.AnnouncedConn = watch(conn, host, z.isCreate, sent)
	return z
}

// isCreate recognizes a request that creates one of the lock's znodes.
func (z *zkConn) isCreate(b []byte) (grant string, yes bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if !z.asked {
		z.asked = true
		return "", false
	}
	xid, kind, rest := jute.Request(b)
	if kind != jute.Create || !strings.HasPrefix(rest.Text(), z.prefix) || rest.Short {
		return "", false
	}
	z.creating = append(z.creating, xid)
	return "", true
}

func (z *zkConn) Read(b []byte) (int, error) {
	n, err := z.AnnouncedConn.Read(b)
	z.arrived.Arrived(b[:n], z.message)
	return n, err
}

// message processes a message that the library is about to get.
func (z *zkConn) message(b []byte) {
	if !z.greeted {
		z.greeted = true
		return
	}
	xid, zxid, failed, rest := jute.Answer(b)
	if xid == jute.PingXid && !failed {
		z.alive()
		return
	}
	if rest.Short || !z.created(xid) || failed {
		return
	}
	if path := rest.Text(); !rest.Short {
		z.note(zkNode{path: path, czxid: zxid})
	}
}

// created reports whether an answer belongs to one of the creations, and removes that one from the
// list.
func (z *zkConn) created(xid int32) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	i := slices.Index(z.creating, xid)
	if i < 0 {
		return false
	}
	z.creating = slices.Delete(z.creating, i, i+1)
	return true
}
