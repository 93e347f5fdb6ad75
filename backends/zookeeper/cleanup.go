package zookeeper

import (
	"errors"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// tryFailed deals with what a failed try may have left: the znode of this name, if it can be told
// from those of others. A client of go-zookeeper's Lock has no say in that. When it no longer wants
// to wait, all it can do is end its session. When Lock has failed by itself, the session goes on,
// and so does the znode, blocking every later client including its own.
func (l *Lock) tryFailed(name string, known bool, end time.Duration) {
	switch {
	case l.cleanup == cleanOff && l.left(end) == 0:
		l.port.EndSession()
	case l.cleanup == cleanOff || !known:
	case l.cleanup == cleanOnce:
		l.host.Go("withdraw", func(sim.Host) { l.cleared(name) })
	default:
		l.withdraw(name)
	}
}

// leftBehind deals with the znode of a lock whose release failed after one delete was sent. A user
// of go-zookeeper's Lock learns that from the error if the connection was lost. Without any answer,
// the user ends the session, which would otherwise keep its own client out of the lock forever.
func (l *Lock) leftBehind(name string, err error) {
	told := errors.Is(err, ErrConnectionLost) || errors.Is(err, ErrNoServer)
	switch l.cleanup {
	case cleanForever:
		l.withdraw(name)
	case cleanOff:
		if !told {
			l.port.EndSession()
		}
	}
}

// withdraw makes sure, in the background and for as long as it takes, that no znode of this name
// stays behind and blocks those after it: the try has failed, or its create was never answered and
// may have been executed (Z8). When the session ends, the znode goes by itself. Curator calls this
// a guaranteed delete (FailedDeleteManager).
func (l *Lock) withdraw(name string) {
	session := l.port.Session().ID
	if session == 0 {
		return
	}
	l.host.Go("withdraw", func(h sim.Host) {
		for l.port.Session().ID == session && !l.cleared(name) {
			h.Sleep(l.retry)
		}
	})
}

// cleared deletes the znode of this name and reports whether it is certainly gone.
func (l *Lock) cleared(name string) bool {
	if l.port.Sync(l.timeout) != nil { // all that this session sent before has been executed
		return false
	}
	children, err := l.port.Children(l.timeout)
	if err != nil {
		return false
	}
	for _, path := range children {
		if strings.HasPrefix(path, name) {
			err := l.port.Delete(path, l.timeout)
			return err == nil || errors.Is(err, ErrNoNode)
		}
	}
	return true
}
