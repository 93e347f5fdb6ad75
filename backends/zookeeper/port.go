package zookeeper

import (
	"time"
)

// LockPath is the lock's znode; its children are the clients that hold it or wait for it.
const LockPath = "/account"

// Port is a client's connection to ZooKeeper, with the few requests that the lock needs.
// Each gives the host up while it waits. It returns ErrNoNode or ErrSessionExpired when
// the server refuses it, and an error that wraps sim.ErrUnknown when the connection was
// lost or no answer came within timeout on the host's monotonic clock: the request may have
// been carried out then, or may still be. A request made while there is no connection is
// sent over the next one, even if that has another session.
type Port interface {
	// Create creates an ephemeral sequential znode: path is the beginning of its name, and
	// the server adds ten digits. It records sim.AcquireSent when the request is on its way
	// and its answer has not been read.
	Create(path string, timeout time.Duration) (Node, error)
	// CreateParent creates LockPath unless it exists. Create returns ErrNoNode without it.
	CreateParent(timeout time.Duration) error
	// Children lists the lock's znodes, as the connected server knows them, which may be late.
	Children(timeout time.Duration) ([]string, error)
	// Exists tells whether there is a znode, and if so watches for its deletion.
	Exists(path string, timeout time.Duration) (Watch, bool, error)
	// Delete deletes a znode.
	Delete(path string, timeout time.Duration) error
	// Sync waits until the connected server knows all that was changed before.
	Sync(timeout time.Duration) error
	// Session is the state of the connection and its session.
	Session() SessionState
	// Listen sets who is told when that state has changed. tell must not block.
	Listen(tell func(SessionNews))
}

// Watch waits for a znode to go.
type Watch interface {
	// Wait returns true once the znode is gone, and false when timeout has passed on the
	// host's monotonic clock. It returns ErrSessionExpired when nobody watches any more.
	Wait(timeout time.Duration) (bool, error)
}

// SessionState is what the client knows about its session.
type SessionState struct {
	ID        uint64        // 0: there is none yet
	Connected bool          //
	Timeout   time.Duration // as the server grants it
	// Sent is when, on the client's monotonic clock, the latest request was sent that has
	// been answered: the server heard the client no earlier than that.
	Sent time.Duration
}

// SessionNews is what has changed.
type SessionNews string

// The news that a client library gives about a session.
const (
	Answered     SessionNews = "answered"     // a request was answered, so the session lives longer
	Disconnected SessionNews = "disconnected" // the connection is lost; the session may live on
	Expired      SessionNews = "expired"      // a server said that the session is over
)
