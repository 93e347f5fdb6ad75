// Package jute reads the messages between a ZooKeeper client and a server.
//
// A message is its length in four bytes, then its content (ZooKeeper, zookeeper.jute). The first
// ones on a connection are the client's request for a session and the server's answer. Later
// requests begin with xid and type; answers with xid, zxid and error. Numbers are big-endian, and a
// text is preceded by its length.
package jute

import (
	"bytes"
	"encoding/binary"
)

// Types of requests (ZooDefs.OpCode), and the xids of a watch that has fired and of a ping.
const (
	Create          = 1
	NotificationXid = -1
	PingXid         = -2
)

// lengthSize is the size of the length before a message and before a text.
const lengthSize = 4

// Reader reads what ZooKeeper's serialization has written.
type Reader struct {
	Rest  []byte // what has not been read yet
	Short bool   // a read went past the end; the missing bytes were read as zeros
}

func (r *Reader) take(n int) []byte {
	if n > len(r.Rest) {
		r.Short = true
		return make([]byte, max(0, min(n, 8)))
	}
	b := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return b
}

// Byte reads a byte.
func (r *Reader) Byte() byte { return r.take(1)[0] }

// Int32 reads a number of four bytes.
func (r *Reader) Int32() int32 { return int32(binary.BigEndian.Uint32(r.take(4))) }

// Int64 reads a number of eight bytes.
func (r *Reader) Int64() int64 { return int64(binary.BigEndian.Uint64(r.take(8))) }

// Text reads a text; a missing text has the length -1.
func (r *Reader) Text() string { return string(r.take(max(0, int(r.Int32())))) }

// Request reads the head of a request as the client library writes it, preceded by its length: each
// request is one call of Write. The rest depends on its type.
func Request(b []byte) (xid, kind int32, rest *Reader) {
	rest = &Reader{Rest: b[min(len(b), lengthSize):]}
	return rest.Int32(), rest.Int32(), rest
}

// Answer reads the head of an answer.
func Answer(message []byte) (xid int32, zxid uint64, failed bool, rest *Reader) {
	rest = &Reader{Rest: message}
	return rest.Int32(), uint64(rest.Int64()), rest.Int32() != 0, rest
}

// Stream assembles messages from pieces of any size.
type Stream struct{ partial []byte }

// Arrived adds a piece, and calls each for every message that is now complete.
func (s *Stream) Arrived(piece []byte, each func(message []byte)) {
	s.partial = append(s.partial, piece...)
	for len(s.partial) >= lengthSize {
		end := lengthSize + int(binary.BigEndian.Uint32(s.partial))
		if len(s.partial) < end {
			break
		}
		each(s.partial[lengthSize:end])
		s.partial = bytes.Clone(s.partial[end:])
	}
}
