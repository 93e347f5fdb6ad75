//go:build linux

package lib

import (
	"bytes"
	"encoding/binary"
	"strings"
	"sync"
)

// zkConn is a connection of go-zookeeper's that reads along. The library tells its users
// neither which znode their lock is nor which zxid created it, but the answer to the
// creation says both.
//
// A message is its length in four bytes, then its content (ZooKeeper, zookeeper.jute). The
// first on a connection are the client's request for a session and the server's answer.
// Later requests begin with xid and type; answers with xid, zxid and error. Numbers are
// big-endian, a string has its length in front.
type zkConn struct {
	*watchedConn
	prefix string // of the paths of the lock's znodes
	note   func(zkNode)

	mu       sync.Mutex // the library writes and reads on goroutines of its own
	asked    bool       // for a session
	creating []int32    // xids of requests to create one of the lock's znodes

	// Of the reading goroutine:
	greeted bool // the session is confirmed
	partial []byte
}

const (
	zkCreate        = 1 // type of a request (ZooDefs.OpCode)
	zkLength        = 4
	zkRequestHeader = 8
	zkAnswerHeader  = 16
)

// newZKConn makes the connection, which gets to decide which requests ask for the lock.
func newZKConn(c *watchedConn, prefix string, note func(zkNode)) *zkConn {
	z := &zkConn{watchedConn: c, prefix: prefix, note: note}
	c.asks = z.isCreate
	return z
}

// isCreate tells a request that creates one of the lock's znodes. The library writes one
// message a call.
func (z *zkConn) isCreate(b []byte) (grant string, yes bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if !z.asked {
		z.asked = true
		return "", false
	}
	if len(b) < zkLength+zkRequestHeader || binary.BigEndian.Uint32(b[zkLength+4:]) != zkCreate {
		return "", false
	}
	path, ok := zkString(b[zkLength+zkRequestHeader:])
	if !ok || !strings.HasPrefix(path, z.prefix) {
		return "", false
	}
	z.creating = append(z.creating, int32(binary.BigEndian.Uint32(b[zkLength:])))
	return "", true
}

func (z *zkConn) Read(b []byte) (int, error) {
	n, err := z.watchedConn.Read(b)
	z.partial = append(z.partial, b[:n]...)
	for len(z.partial) >= zkLength {
		end := zkLength + int(binary.BigEndian.Uint32(z.partial))
		if len(z.partial) < end {
			break
		}
		z.message(z.partial[zkLength:end])
		z.partial = bytes.Clone(z.partial[end:])
	}
	return n, err
}

// message takes note of a message that the library is about to have.
func (z *zkConn) message(b []byte) {
	if !z.greeted {
		z.greeted = true
		return
	}
	if len(b) < zkAnswerHeader || !z.created(int32(binary.BigEndian.Uint32(b))) || binary.BigEndian.Uint32(b[12:]) != 0 {
		return
	}
	if path, ok := zkString(b[zkAnswerHeader:]); ok {
		z.note(zkNode{path: path, czxid: binary.BigEndian.Uint64(b[4:])})
	}
}

// created tells whether an answer is to one of the creations, and strikes that off.
func (z *zkConn) created(xid int32) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	for i, each := range z.creating {
		if each == xid {
			z.creating = append(z.creating[:i], z.creating[i+1:]...)
			return true
		}
	}
	return false
}

// zkString reads a string at the beginning of b.
func zkString(b []byte) (text string, ok bool) {
	if len(b) < zkLength {
		return "", false
	}
	length := int(int32(binary.BigEndian.Uint32(b)))
	if length < 0 || length > len(b)-zkLength {
		return "", false
	}
	return string(b[zkLength:][:length]), true
}
