package redis

import "time"

const (
	// everySecond is the least time between two background fsyncs of appendfsync everysec.
	everySecond = time.Second
	// fsyncTime is how long one takes: an assumption about disks.
	fsyncTime = 5 * time.Millisecond
)

// persist writes a change to the append-only file, before it is answered (Redis, src/aof.c,
// flushAppendOnlyFile). With always it is then also on the disk. With everysec a background
// fsync is started if the last one began a second ago or longer; else the change waits for
// the next one. So what a crash can lose is the changes that came within a second after
// another one: the first change after a quiet second is on the disk at once.
func (s *simulatedServer) persist() {
	if s.settings.Durability == DurabilityNone {
		return
	}
	s.host.Disk().Write(fileName, s.model.Clone())
	if s.settings.Durability == DurabilityAlways {
		s.host.Disk().Sync(func() {})
		return
	}
	if s.sync == nil {
		wait := max(0, s.synced+everySecond-s.host.Now())
		s.sync = s.host.After(wait, s.backgroundSync)
	}
}

// backgroundSync makes safe what has been written by the time it is done.
func (s *simulatedServer) backgroundSync() {
	s.synced = s.host.Now()
	s.sync = s.host.After(fsyncTime, func() {
		s.sync = nil
		s.host.Disk().Sync(func() {})
	})
}
