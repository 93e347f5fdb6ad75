package zookeeper

import (
	"errors"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
)

// tryFailed sees to what a failed try may have left: the znode of this name, if that can be told
// from those of others. A client of go-zookeeper's Lock has no say in that. All that it can do when
// it does not want to wait any longer is end its session; when Lock has failed by itself, the
// session goes on, and so does the znode, in the way of everybody who comes after it, its own
// client too.
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

// leftBehind sees to the znode of a lock whose release has failed. One delete has been sent. Who
// uses go-zookeeper's Lock is told so when the connection is lost, and if he is not told anything
// he ends the session, which would keep him out of the lock for ever otherwise.
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

// withdraw sees to it, in the background and for as long as it takes, that no znode of
// this name stays behind and blocks those after it: the try has failed, or its create was
// never answered and may have been carried out (Z8). With the end of the session the znode
// goes by itself. Curator calls it a guaranteed delete (FailedDeleteManager).
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

// cleared deletes the znode of this name and tells whether it is certainly gone.
func (l *Lock) cleared(name string) bool {
	if l.port.Sync(l.timeout) != nil { // what this session sent before has been carried out
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
