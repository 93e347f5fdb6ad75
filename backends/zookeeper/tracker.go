package zookeeper

import (
	"slices"
	"time"
)

// tracker is the leader's record of when sessions end (SessionTrackerImpl and ExpiryQueue). Only
// the leader has one, in memory: a new leader starts afresh and gives every session its full
// timeout again (Z3).
type tracker struct {
	tick     time.Duration
	phase    time.Duration // the part of a tick that had passed when the clock was at zero
	sessions []tracked
}

type tracked struct {
	id      uint64
	timeout time.Duration
	ends    time.Duration // on the leader's clock; a whole number of ticks
	conn    connID        // the session's connection; zero if none under this leader
}

// add begins to track a session when the leader's clock shows now.
func (t *tracker) add(now time.Duration, id uint64, timeout time.Duration, conn connID) {
	t.sessions = append(t.sessions, tracked{id: id, timeout: timeout, conn: conn})
	t.touch(now, id)
}

// touch records that a session's client was heard. It returns false if there is no such session, or
// it is being closed.
func (t *tracker) touch(now time.Duration, id uint64) bool {
	s := t.find(id)
	if s == nil {
		return false
	}
	s.ends = max(s.ends, t.nextTick(now+s.timeout))
	return true
}

// move records that a session now uses another connection, and touches it.
func (t *tracker) move(now time.Duration, id uint64, conn connID) bool {
	if !t.touch(now, id) {
		return false
	}
	t.find(id).conn = conn
	return true
}

// drop forgets a session that its client has ended.
func (t *tracker) drop(id uint64) {
	t.sessions = slices.DeleteFunc(t.sessions, func(s tracked) bool { return s.id == id })
}

// owns reports whether a session uses this connection.
func (t *tracker) owns(id uint64, conn connID) bool {
	s := t.find(id)
	return s != nil && s.conn == conn
}

// expire forgets the sessions that have ended, and returns them.
func (t *tracker) expire(now time.Duration) (ended []uint64) {
	t.sessions = slices.DeleteFunc(t.sessions, func(s tracked) bool {
		if s.ends > now {
			return false
		}
		ended = append(ended, s.id)
		return true
	})
	return ended
}

// nextTick returns the first whole tick after a moment: sessions end up to a tick late and never
// early (ExpiryQueue.roundToNextInterval).
func (t *tracker) nextTick(at time.Duration) time.Duration {
	return ((at+t.phase)/t.tick+1)*t.tick - t.phase
}

func (t *tracker) find(id uint64) *tracked {
	i := slices.IndexFunc(t.sessions, func(s tracked) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &t.sessions[i]
}
