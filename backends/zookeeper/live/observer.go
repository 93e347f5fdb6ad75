//go:build linux

package zookeeperlive

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/locklab/locklab/backends/zookeeper"
	"github.com/locklab/locklab/sim/live"
	"golang.org/x/sys/unix"
)

// The observer records what the servers do to the lock, once and in the order of the log. It reads
// the logs of all servers, whatever faults lie between them, and considers a change done once a
// majority has it: that is when the leader commits it, and from then on no leader can lack it. The
// log contains more than any client could be told: who deleted a znode, and whether a session ended
// by itself.

// observerSpec tells the observer where the logs are and what a token is made from.
type observerSpec struct {
	Logs  []string
	Token string
}

func observe(h *live.Host, spec json.RawMessage) error {
	var o observerSpec
	if err := json.Unmarshal(spec, &o); err != nil {
		return fmt.Errorf("read the observer's orders: %w", err)
	}
	stopped := h.Stopped()
	written, err := watchDirs(o.Logs)
	if err != nil {
		return err
	}
	all := newEnsembleLog(o.Logs)
	w := &logRecorder{host: h, token: zookeeper.TokenFrom(o.Token)}
	if err := w.takeIn(all); err != nil {
		return err
	}
	w.record = h.Record // what happened before this trial does not belong to it
	h.Ready()
	h.AwaitStart()
	go func() {
		<-stopped
		written.SetReadDeadline(time.Now())
	}()
	for {
		h.Outside(func() { _, err = written.Read(make([]byte, 4096)) })
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("wait for the servers to write: %w", err)
		}
		over := err != nil
		if err := w.takeIn(all); err != nil || over {
			return err
		}
	}
}

// watchDirs returns a file that becomes readable when something has been written to one of the
// directories.
func watchDirs(dirs []string) (*os.File, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watch the transaction logs: %w", err)
	}
	for _, dir := range dirs {
		if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_MODIFY|unix.IN_CREATE|unix.IN_DELETE); err != nil {
			unix.Close(fd)
			return nil, fmt.Errorf("watch the transaction log in %s: %w", dir, err)
		}
	}
	return os.NewFile(uintptr(fd), "inotify"), nil
}

// ensembleLog is what all servers have written.
type ensembleLog struct {
	members []*memberLog
	taken   uint64 // the latest change that was returned
}

func newEnsembleLog(dirs []string) *ensembleLog {
	e := &ensembleLog{}
	for _, dir := range dirs {
		e.members = append(e.members, &memberLog{dir: dir})
	}
	return e
}

// committed reads on and returns the changes committed since the last call, in order.
func (e *ensembleLog) committed() ([]txn, error) {
	for _, m := range e.members {
		if err := m.read(e.taken); err != nil {
			return nil, err
		}
	}
	latest := e.latest()
	var out []txn
	for _, m := range e.members {
		for _, t := range m.pending {
			if t.zxid <= latest[epochOf(t)] {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b txn) int { return cmp.Compare(a.zxid, b.zxid) })
	out = slices.CompactFunc(out, func(a, b txn) bool { return a.zxid == b.zxid })
	if len(out) > 0 {
		e.taken = out[len(out)-1].zxid
	}
	for _, m := range e.members {
		m.pending = slices.DeleteFunc(m.pending, func(t txn) bool { return t.zxid <= e.taken })
	}
	return out, nil
}

// latest returns, by epoch, the latest change that a majority has logged. A leader's changes are
// committed in order, so everything that it proposed before is committed as well, whichever servers
// have it. A server that came back late got the earlier changes as a snapshot, and one whose log
// was read a moment before the others' does not have the latest.
func (e *ensembleLog) latest() map[uint64]uint64 {
	logged := map[uint64]int{} // by zxid, in how many logs
	out := map[uint64]uint64{}
	for _, m := range e.members {
		for _, t := range m.pending {
			logged[t.zxid]++
			if 2*logged[t.zxid] > len(e.members) {
				out[epochOf(t)] = max(out[epochOf(t)], t.zxid)
			}
		}
	}
	return out
}

// epochOf returns the epoch of the leader that proposed a change.
func epochOf(t txn) uint64 { return t.zxid >> 32 }
