package redis

import "time"

const (
	// everySecond is the least time between two background fsyncs of appendfsync everysec.
	everySecond = time.Second
	// fsyncTime is how long one takes: an assumption about disks.
	fsyncTime = 5 * time.Millisecond
)

// persist writes a change to the append-only file, and calls then when it may be answered
// (Redis, src/aof.c, flushAppendOnlyFile). With always that is when it is on the disk, and
// until then the server does nothing else: the thread that syncs is the one that serves. With
// everysec a background fsync is started if the last one began a second ago or longer; else
// the change waits for the next one. So what a crash can lose is the changes that came within
// a second after another one: the first change after a quiet second is on the disk at once.
func (s *simulatedServer) persist(then func()) {
	if s.settings.Durability == DurabilityNone {
		then()
		return
	}
	s.host.Disk().Write(fileName, s.model.Clone())
	if s.settings.Durability == DurabilityAlways {
		s.stuck = true
		s.host.Disk().Sync(func() { s.goOn(then) })
		return
	}
	if s.sync == nil {
		wait := max(0, s.synced+everySecond-s.host.Now())
		s.sync = s.host.After(wait, s.backgroundSync)
	}
	then()
}

// goOn ends the wait for the disk: first what waited for it is done, then what came meanwhile,
// until something of that has to wait again.
func (s *simulatedServer) goOn(then func()) {
	s.stuck = false
	then()
	for !s.stuck && len(s.later) > 0 {
		next := s.later[0]
		s.later = s.later[1:]
		next()
	}
}

// backgroundSync makes safe what has been written by the time it is done.
func (s *simulatedServer) backgroundSync() {
	s.synced = s.host.Now()
	s.sync = s.host.After(fsyncTime, func() {
		s.host.Disk().Sync(func() { s.sync = nil })
	})
}
