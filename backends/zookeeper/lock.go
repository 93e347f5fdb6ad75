package zookeeper

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim"
)

// errGone means that the client's znode is no longer among the lock's children: its session ended
// in the meantime.
var errGone = errors.New("the znode that waited for the lock is gone")

// Lock is the lock as the ZooKeeper documentation publishes it ("ZooKeeper Recipes and Solutions",
// section "Locks"), with what clients add to it: a unique name, by which a znode is found whose
// creation was never answered (Z8); a check that the own znode is still there (Curator, Z9); and a
// moment at which the client stops believing in the lock (Z5).
type Lock struct {
	host sim.Host
	port Port

	timeout time.Duration // of each call, at least
	retry   time.Duration // before another try
	token   func(Node) uint64
	protect bool // find the znode whose creation was not answered
	check   bool // check that the own znode is there
	trust   bool // give up only when told that the session has expired
	deaf    bool // not even then

	tries    int    // of a create whose connection is lost
	cleanup  string // of what a failed try or release left behind
	fromSend bool   // the deadline counts from when the request was sent

	lease *Lease // the present one; nil if none
}

// NewLock returns a host's lock with these settings.
func NewLock(h sim.Host, p Port, s backends.Settings) *Lock {
	l := &Lock{
		host: h, port: p, timeout: s.Span(optionTimeout), retry: s.TTL / 50, token: tokenOf(s),
		protect: s.On(optionProtect), check: s.On(optionCheck),
		trust: s.Choice(optionGiveUp) != atDisconnected, deaf: s.Choice(optionGiveUp) == atNever,
		tries: s.Int(optionTries), cleanup: s.Choice(optionCleanup), fromSend: s.Choice(optionDeadline) == fromSend,
	}
	p.Listen(l.hear)
	return l
}

// tokenOf returns the function that makes a fencing token. The znode's zxid orders all changes
// (Z7). Its sequence number counts from 0, and its version is 0 as long as nobody writes to it
// (K10). Since 0 means no token, both are raised by one.
func tokenOf(s backends.Settings) func(Node) uint64 { return TokenFrom(s.Choice(OptionToken)) }

// TokenFrom returns the function that makes a fencing token, for a value of OptionToken.
func TokenFrom(choice string) func(Node) uint64 {
	switch choice {
	case fromSequence:
		return func(n Node) uint64 { return n.Sequence + 1 }
	case fromVersion:
		return func(n Node) uint64 { return n.Version + 1 }
	}
	return func(n Node) uint64 { return n.Czxid }
}

// Acquire waits for its turn until it holds the lock or wait is over. Depending on how the last try
// ended, it returns backends.ErrHeld, backends.ErrTooLate or an error that wraps sim.ErrUnknown.
func (l *Lock) Acquire(wait time.Duration) (backends.Lease, error) {
	now := l.host.Now()
	end := now + min(wait, sim.Forever-now)
	for {
		lease, err := l.try(end)
		if err == nil {
			l.lease = lease
			return lease, nil
		}
		left := l.left(end)
		if left == 0 {
			return nil, err
		}
		l.host.Sleep(min(left, sim.Between(l.host, l.retry/2, l.retry+l.retry/2)))
	}
}

// try takes a place in the queue and waits until it is the first, but not beyond end.
func (l *Lock) try(end time.Duration) (*Lease, error) {
	if err := l.port.BeginSession(l.patience(end)); err != nil {
		return nil, err
	}
	// 1. "Call create() with a pathname of _locknode_/lock- and the sequence and ephemeral
	// flags set."
	name := LockPath + "/lock-"
	if l.protect {
		name = l.uniqueName()
	}
	own, err := l.create(name, end)
	if err != nil {
		l.tryFailed(name, l.protect, end)
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	lease, err := l.queue(own, end)
	if err != nil {
		l.tryFailed(own.Path, true, end)
		return nil, err
	}
	return lease, nil
}

// create creates the client's znode. If it may try more than once and loses the connection, it
// checks whether the znode exists before it asks for another (go-zookeeper,
// CreateProtectedEphemeralSequential; Curator, CreateBuilderImpl.findProtectedNodeInForeground).
func (l *Lock) create(name string, end time.Duration) (own Node, err error) {
	for range l.tries {
		own, err = l.createOnce(name, end)
		lost := errors.Is(err, ErrConnectionLost)
		if l.tries == 1 || !lost && !errors.Is(err, ErrSessionExpired) {
			return own, err
		}
		if lost && l.protect {
			children, err := l.port.Children(l.patience(end))
			if err != nil {
				return Node{}, err
			}
			if i := slices.IndexFunc(children, func(path string) bool { return strings.HasPrefix(path, name) }); i >= 0 {
				return Node{Path: children[i], Sequence: Sequence(children[i])}, nil
			}
		}
	}
	return own, err
}

// createOnce asks for the client's znode, and first for the lock's if that does not exist: nobody
// has used the lock yet, or it is a container that was removed when it was empty.
func (l *Lock) createOnce(name string, end time.Duration) (Node, error) {
	own, err := l.port.Create(name, l.patience(end))
	if !errors.Is(err, ErrNoNode) {
		return own, err
	}
	if err := l.port.CreateParent(l.patience(end)); err != nil {
		return Node{}, err
	}
	return l.port.Create(name, l.patience(end))
}

// queue waits until the znode is the lowest.
func (l *Lock) queue(own Node, end time.Duration) (*Lease, error) {
	for {
		// 2. "Call getChildren() on the lock node without setting the watch flag."
		children, err := l.port.Children(l.patience(end))
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", LockPath, err)
		}
		before, found := predecessor(children, own)
		if l.check && !found {
			return nil, errGone
		}

		// 3. "If the pathname created in step 1 has the lowest sequence number suffix, the
		// client has the lock and the client exits the protocol."
		if before == "" {
			return l.hold(own, end)
		}

		// 4. "The client calls exists() with the watch flag set on the path in the lock
		// directory with the next lowest sequence number."
		watch, exists, err := l.port.Exists(before, l.patience(end))
		if err != nil {
			return nil, fmt.Errorf("watch %s: %w", before, err)
		}

		// 5. "If exists() returns null, go to step 2. Otherwise, wait for a notification for
		// the pathname from the previous step before going to step 2."
		if !exists {
			continue
		}
		gone, err := watch.Wait(l.left(end))
		switch {
		case err != nil:
			return nil, fmt.Errorf("watch %s: %w", before, err)
		case !gone:
			return nil, backends.ErrHeld
		}
	}
}

// patience returns how long a call waits for its answer: until end, or longer if that is near, so
// that its effect can be undone. A client that ends its session instead need not know.
func (l *Lock) patience(end time.Duration) time.Duration {
	if l.cleanup == cleanOff {
		return l.left(end)
	}
	return max(l.timeout, l.left(end))
}

// left returns the time until end.
func (l *Lock) left(end time.Duration) time.Duration { return max(0, end-l.host.Now()) }

// predecessor returns the child with the next lower sequence number, or "" if there is none; found
// reports whether the own znode is among the children.
func predecessor(children []string, own Node) (before string, found bool) {
	highest := uint64(0)
	for _, path := range children {
		n := Sequence(path)
		if path == own.Path {
			found = true
		}
		if n < own.Sequence && (before == "" || n > highest) {
			before, highest = path, n
		}
	}
	return before, found
}

// Sequence parses the ten digits that the server added to a name.
func Sequence(path string) uint64 {
	n, err := strconv.ParseUint(path[max(0, len(path)-10):], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s is not the name of a sequential znode", path))
	}
	return n
}

// uniqueName returns a name that begins with a GUID, like Curator's and go-zookeeper's protected
// names.
func (l *Lock) uniqueName() string {
	guid := fmt.Sprintf("%016x%016x", l.host.Uint64(), l.host.Uint64())
	return fmt.Sprintf("%s/_c_%s-lock-", LockPath, sim.Sign(l.host, guid))
}
