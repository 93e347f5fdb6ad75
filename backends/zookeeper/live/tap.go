//go:build linux

package zookeeperlive

import (
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/locklab/locklab/backends/internal/jute"
	"golang.org/x/sys/unix"
)

// tap is a connection between the library and a server. It reads along, because the library does
// not tell everything: when it sent the request or ping that was answered last; the zxid with which
// a znode was created; and that a create is on its way.
type tap struct {
	net.Conn
	port   *libraryPort
	client int // the port's count of clients when it was made

	mu      sync.Mutex // the library writes and reads on goroutines of its own
	asked   bool       // for a session
	askedAt time.Duration
	sent    []sentRequest // not answered yet, oldest first
	hold    *creation     // nothing is to be read until this may go on

	// Of the reading goroutine:
	greeted bool // the session is confirmed
	arrived jute.Stream
	readBy  time.Time // the library's read deadline; zero if none
}

type sentRequest struct {
	xid      int32
	at       time.Duration // on the host's monotonic clock, just before it was sent
	creation *creation     // nil if it creates no znode of the lock
}

// Write sends one message; the library writes each message with one call.
func (t *tap) Write(b []byte) (int, error) {
	c, send := t.note(b)
	if !send {
		return len(b), nil // the library never learns its outcome; its caller is gone
	}
	n, err := t.Conn.Write(b)
	if c != nil && err == nil {
		close(c.sent)
	}
	if c != nil && err != nil {
		t.release()
	}
	return n, err
}

// note records a message that is about to be sent.
func (t *tap) note(b []byte) (c *creation, send bool) {
	now := t.port.host.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.asked {
		t.asked, t.askedAt = true, now
		return nil, true
	}
	xid, kind, rest := jute.Request(b)
	if rest.Short {
		return nil, true
	}
	if kind == jute.Create {
		if c, send = t.port.take(rest.Text()); !send {
			return nil, false
		}
	}
	t.sent = append(t.sent, sentRequest{xid: xid, at: now, creation: c})
	if c != nil {
		t.hold, c.line = c, t
	}
	return c, true
}

func (t *tap) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hold = nil
}

// SetReadDeadline sets how long Read waits.
func (t *tap) SetReadDeadline(at time.Time) error {
	t.readBy = at
	return t.Conn.SetReadDeadline(at)
}

// Read reads, but returns nothing between the moment at which a create is sent and the moment at
// which its caller has recorded that. If the library's goroutines are not to race, it reads nothing
// after the deadline, like Java's client; a Go connection might do so in a process that was
// stopped.
func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if hold := t.held(); hold != nil {
		select {
		case <-hold.goOn:
		case <-t.port.closed:
			return n, err
		}
	}
	if !t.port.races && !t.readBy.IsZero() && time.Now().After(t.readBy) {
		return 0, os.ErrDeadlineExceeded // also of what was read before the process was stopped, and held
	}
	t.arrived.Arrived(b[:n], t.message)
	return n, err
}

// ended reports whether the server has closed the connection and everything before that has been
// read.
func (t *tap) ended() (closed bool) {
	c, ok := t.Conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		n, _, err := unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_PEEK|unix.MSG_DONTWAIT)
		closed = err == nil && n == 0
	})
	return closed && err == nil
}

func (t *tap) held() *creation {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hold
}

// message records a message that the library is about to get.
func (t *tap) message(b []byte) {
	if !t.greeted {
		t.greeted = true
		in := &jute.Reader{Rest: b}
		_, timeout, session := in.Int32(), in.Int32(), uint64(in.Int64())
		if session != 0 && !in.Short {
			t.port.confirmed(t.client, session, time.Duration(timeout)*time.Millisecond, t.askedAt)
		}
		return
	}
	xid, zxid, failed, rest := jute.Answer(b)
	if rest.Short {
		return
	}
	if xid == jute.NotificationXid {
		t.port.heard(t.client, 0)
		return
	}
	t.mu.Lock()
	i := slices.IndexFunc(t.sent, func(s sentRequest) bool { return s.xid == xid })
	if i < 0 {
		t.mu.Unlock()
		t.port.heard(t.client, 0)
		return
	}
	request := t.sent[i]
	t.sent = slices.Delete(t.sent, i, i+1)
	t.mu.Unlock()
	if request.creation != nil && !failed {
		request.creation.zxid = zxid
	}
	t.port.heard(t.client, request.at)
}
