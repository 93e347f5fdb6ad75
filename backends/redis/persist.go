package redis

import "time"

const (
	// EverySecond is the least time between two background fsyncs of appendfsync everysec.
	EverySecond = time.Second
	// FsyncTime is how long one fsync takes: an assumption about disks.
	FsyncTime = 5 * time.Millisecond
)

// persist writes a change to the append-only file, and calls then when it may be answered (Redis,
// src/aof.c, flushAppendOnlyFile). With always that is once the change is on the disk; until then
// the server does nothing else, because the thread that syncs is the one that serves. With everysec
// a background fsync starts if the last one began at least a second ago; otherwise the change waits
// for the next one. So a crash can lose only changes that came within a second after another one:
// the first change after a quiet second is on the disk at once.
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
		wait := max(0, s.synced+EverySecond-s.host.Now())
		s.sync = s.host.After(wait, s.backgroundSync)
	}
	then()
}

// goOn ends the wait for the disk. It first does what was waiting for the disk, then what came
// meanwhile, until something has to wait again.
func (s *simulatedServer) goOn(then func()) {
	s.stuck = false
	then()
	for !s.stuck && len(s.later) > 0 {
		next := s.later[0]
		s.later = s.later[1:]
		next()
	}
}

// backgroundSync makes durable what has been written by the time it is done.
func (s *simulatedServer) backgroundSync() {
	s.synced = s.host.Now()
	s.sync = s.host.After(FsyncTime, func() {
		s.host.Disk().Sync(func() { s.sync = nil })
	})
}
