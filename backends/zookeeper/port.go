package zookeeper

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// LockPath is the lock's znode; its children belong to the clients that hold it or wait for it.
const LockPath = "/account"

// unanswered says why a request was not answered. It is a sim.ErrUnknown.
type unanswered string

func (u unanswered) Error() string        { return "outcome unknown: " + string(u) }
func (u unanswered) Is(target error) bool { return target == sim.ErrUnknown }

// The client library's errors for requests that it has given up (go-zookeeper, conn.go). If it
// reports none within a timeout, the error is sim.ErrUnknown itself.
const (
	// ErrConnectionLost means that the request was sent, and its connection was lost before the
	// answer came (flushRequests). The session may live on.
	ErrConnectionLost unanswered = "the connection was lost"
	// ErrNoServer means that the request was not sent, because all servers had been tried in vain
	// (flushUnsentRequests).
	ErrNoServer unanswered = "no server can be reached"
	// ErrClosed means that the client has ended the session itself.
	ErrClosed unanswered = "the session was ended by its client"
)

// Port is a client's connection to ZooKeeper, with the few requests that the lock needs. Each gives
// up the host while it waits. It returns ErrNoNode or ErrSessionExpired if the server refuses it,
// and an error that wraps sim.ErrUnknown if the connection was lost or no answer came within
// timeout on the host's monotonic clock: the request may then have been executed, or may still be.
// A request made while there is no connection is sent over the next one, even if that has another
// session.
type Port interface {
	// Create creates an ephemeral sequential znode: path is the beginning of its name, and the
	// server adds ten digits. It records sim.AcquireSent once the request is on its way and before
	// its answer is read.
	Create(path string, timeout time.Duration) (Node, error)
	// CreateParent creates LockPath unless it exists. Create returns ErrNoNode without it.
	CreateParent(timeout time.Duration) error
	// Children lists the lock's znodes as the connected server knows them, which may be outdated.
	Children(timeout time.Duration) ([]string, error)
	// Exists reports whether there is a znode, and if so watches for its deletion.
	Exists(path string, timeout time.Duration) (Watch, bool, error)
	// Stat returns a znode, as the connected server knows it, or ErrNoNode.
	Stat(path string, timeout time.Duration) (Node, error)
	// Delete deletes a znode.
	Delete(path string, timeout time.Duration) error
	// Sync waits until the connected server knows all earlier changes.
	Sync(timeout time.Duration) error
	// Session returns the state of the connection and its session.
	Session() SessionState
	// EndSession makes the client library end the session, and with it its znodes, and waits a
	// second for that. Without a connection, the library tries each server once more, and leaves
	// the session to its timeout if it reaches none (Conn.Close).
	EndSession()
	// BeginSession begins another session after EndSession; otherwise it does nothing.
	BeginSession(timeout time.Duration) error
	// Listen sets the function that is called when that state has changed. tell must not block.
	Listen(tell func(SessionNews))
}

// Watch waits for a znode to go.
type Watch interface {
	// Wait returns true once the znode is gone, and false if timeout has passed on the host's
	// monotonic clock. It returns ErrSessionExpired once the watch has ended with its session.
	Wait(timeout time.Duration) (bool, error)
}

// SessionState is what the client knows about its session.
type SessionState struct {
	ID        uint64        // 0 if there is none yet
	Connected bool          //
	Timeout   time.Duration // as the server grants it
	// Sent is when, on the client's monotonic clock, the latest answered request was sent: the
	// server heard the client no earlier than that.
	Sent time.Duration
	// Heard is when, on that clock, the latest message of the server was read: an answer, or the
	// notice of a watch.
	Heard time.Duration
}

// SessionNews is a change of the session's state.
type SessionNews string

// The news about a session that a client library reports.
const (
	Answered     SessionNews = "answered"     // the server was heard, so the session is extended
	Disconnected SessionNews = "disconnected" // the connection is lost; the session may live on
	Expired      SessionNews = "expired"      // a server said that the session is over
)
