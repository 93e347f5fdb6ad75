//go:build linux

package zookeeperlive

import (
	"encoding/binary"
	"hash/adler32"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/locklab/locklab/backends/zookeeper"
)

// encodeDelete is a delete as a server logs it, with this zxid.
func encodeDelete(zxid uint64) []byte {
	var body []byte
	body = binary.BigEndian.AppendUint64(body, 7)         // session
	body = binary.BigEndian.AppendUint32(body, 1)         // request
	body = binary.BigEndian.AppendUint64(body, zxid)      //
	body = binary.BigEndian.AppendUint64(body, 0)         // time
	body = binary.BigEndian.AppendUint32(body, txnDelete) //
	body = binary.BigEndian.AppendUint32(body, 2)         // length of
	body = append(body, "/x"...)                          // the path
	head := binary.BigEndian.AppendUint64(nil, uint64(adler32.Checksum(body)))
	head = binary.BigEndian.AppendUint32(head, uint32(len(body)))
	return append(append(head, body...), logEndMark)
}

// logs are the log directories of three servers.
type logs struct {
	*testing.T
	dirs []string
}

func newLogs(t *testing.T) *logs {
	return &logs{t, []string{t.TempDir(), t.TempDir(), t.TempDir()}}
}

// write replaces a file of a server's log by these changes, followed by rest.
func (l *logs) write(server int, file string, rest []byte, zxids ...uint64) {
	l.Helper()
	content := make([]byte, logHeaderSize)
	for _, z := range zxids {
		content = append(content, encodeDelete(z)...)
	}
	if err := os.WriteFile(filepath.Join(l.dirs[server], file), append(content, rest...), 0o600); err != nil {
		l.Fatal(err)
	}
}

// expect reads on and compares the changes that have become certain.
func (l *logs) expect(e *ensembleLog, want ...uint64) {
	l.Helper()
	got, err := e.committed()
	if err != nil {
		l.Fatal(err)
	}
	var zxids []uint64
	for _, t := range got {
		zxids = append(zxids, t.zxid)
	}
	if !slices.Equal(zxids, want) {
		l.Errorf("committed are %v, expected %v", zxids, want)
	}
}

func TestAChangeCountsWhenAMajorityHasLoggedIt(t *testing.T) {
	l := newLogs(t)
	e := newEnsembleLog(l.dirs)
	l.write(0, "log.1", nil, 1, 2, 3)
	l.expect(e)
	l.write(1, "log.1", nil, 1, 2)
	l.expect(e, 1, 2)
	l.write(2, "log.1", nil, 1, 2, 3)
	l.expect(e, 3)
	l.expect(e)
}

func TestWhatALeaderWithoutAMajorityLoggedAndTookBackDoesNotCount(t *testing.T) {
	l := newLogs(t)
	e := newEnsembleLog(l.dirs)
	l.write(0, "log.1", nil, 1, 2, 3) // 2 and 3 reach nobody
	l.write(1, "log.1", nil, 1)
	l.write(2, "log.1", nil, 1)
	l.expect(e, 1)
	l.write(1, "log.100000001", nil, zookeeper.Zxid(1, 1))
	l.write(2, "log.100000001", nil, zookeeper.Zxid(1, 1))
	l.expect(e, zookeeper.Zxid(1, 1))
	l.write(0, "log.1", nil, 1)
	l.write(0, "log.100000001", nil, zookeeper.Zxid(1, 1), zookeeper.Zxid(1, 2))
	l.write(1, "log.100000001", nil, zookeeper.Zxid(1, 1), zookeeper.Zxid(1, 2))
	l.expect(e, zookeeper.Zxid(1, 2))
}

func TestAServerThatCaughtUpBySnapshotDoesNotHideWhatTheOthersLogged(t *testing.T) {
	l := newLogs(t)
	e := newEnsembleLog(l.dirs)
	l.write(1, "log.1", nil, 1, 2, 3, 4)
	l.write(0, "log.4", nil, 4)
	l.expect(e, 1, 2, 3, 4)
}

// The first server was cut off as the leader and has come back by snapshot, the third one came late
// to the first epoch, and the log of the second is read before the last change.
func TestNoServerHasToHaveLoggedEverything(t *testing.T) {
	l := newLogs(t)
	e := newEnsembleLog(l.dirs)
	l.write(0, "log.1", nil, 1, 2, 3, 4) // 4 reached nobody
	l.write(1, "log.1", nil, 1, 2, 3)
	l.write(2, "log.3", nil, 3)
	l.write(0, "log.100000003", nil, zookeeper.Zxid(1, 3), zookeeper.Zxid(1, 4))
	l.write(1, "log.100000001", nil, zookeeper.Zxid(1, 1), zookeeper.Zxid(1, 2), zookeeper.Zxid(1, 3))
	l.write(2, "log.100000001", nil, zookeeper.Zxid(1, 1), zookeeper.Zxid(1, 2), zookeeper.Zxid(1, 3), zookeeper.Zxid(1, 4))
	l.expect(e, 1, 2, 3, zookeeper.Zxid(1, 1), zookeeper.Zxid(1, 2), zookeeper.Zxid(1, 3), zookeeper.Zxid(1, 4))
}

func TestAChangeThatIsStillBeingWrittenIsReadLater(t *testing.T) {
	l := newLogs(t)
	e := newEnsembleLog(l.dirs[:1])
	whole := encodeDelete(2)
	zeros := make([]byte, 64)
	for n := range len(whole) {
		l.write(0, "log.1", append(slices.Clone(whole[:n]), zeros...), 1)
		got, err := e.committed()
		if err != nil || len(got) > 1 || n > 0 && len(got) > 0 {
			t.Fatalf("with %d of %d bytes written: %v, %v", n, len(whole), got, err)
		}
	}
	l.write(0, "log.1", zeros, 1, 2)
	l.expect(e, 2)
}
