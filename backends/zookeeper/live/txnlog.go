//go:build linux

package zookeeperlive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/locklab/locklab/backends/internal/jute"
)

// A server writes each change that the leader proposes into its transaction log, and flushes it,
// before it acknowledges the change (FileTxnLog). A file of the log begins with a header, followed
// by the changes and then by zeros, which are space set aside. A change is a checksum, a length,
// that many bytes, and an end mark.

// txn is a change that concerns ephemeral znodes; for other changes, kind is 0.
type txn struct {
	zxid    uint64
	session uint64 // of the client; for the end of a session: this session
	request int32  // the xid of the client's request; 0 if the server did it by itself
	kind    int32
	path    string
	data    []byte
}

// The kinds of change that matter here (ZooDefs.OpCode).
const (
	txnCreate  = 1
	txnDelete  = 2
	txnCreate2 = 15 // a create whose client wants a longer answer
	txnClose   = -11
)

const (
	logHeaderSize = 16
	logEndMark    = 'B'
	logPrefix     = "log."
)

// memberLog follows the log of one server.
type memberLog struct {
	dir     string
	file    string // the one being read; "" if none yet
	offset  int64
	pending []txn // read, and not known to be committed before
}

// read reads what has been added; changes up to after are of no interest. If the server has taken
// back what it had logged, as one does that was cut off with a leader whose changes nobody else
// got, it reads everything again.
func (m *memberLog) read(after uint64) error {
	files, err := m.files()
	if err != nil {
		return err
	}
	i := slices.Index(files, m.file)
	if m.file != "" {
		info, err := os.Stat(filepath.Join(m.dir, m.file))
		if i < 0 || errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < m.offset {
			i, m.file, m.offset, m.pending = -1, "", 0, nil
		} else if err != nil {
			return err
		}
	}
	for {
		if m.file != "" {
			if err := m.readFile(after); err != nil {
				return err
			}
		}
		// A later file is begun only after this one is complete.
		if i++; i >= len(files) {
			return nil
		}
		m.file, m.offset = files[i], logHeaderSize
	}
}

// files lists the log's files; each is named by its first zxid.
func (m *memberLog) files() ([]string, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, fmt.Errorf("find the transaction log: %w", err)
	}
	first := map[string]uint64{}
	var names []string
	for _, e := range entries {
		number, isLog := strings.CutPrefix(e.Name(), logPrefix)
		if n, err := strconv.ParseUint(number, 16, 64); isLog && err == nil {
			names = append(names, e.Name())
			first[e.Name()] = n
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if first[a] < first[b] {
			return -1
		}
		return 1
	})
	return names, nil
}

// readFile reads the complete changes from offset on.
func (m *memberLog) readFile(after uint64) error {
	f, err := os.Open(filepath.Join(m.dir, m.file))
	if err != nil {
		return err
	}
	defer f.Close()
	const frame = 8 + 4 // checksum and length
	for {
		head := make([]byte, frame)
		if _, err := f.ReadAt(head, m.offset); err != nil {
			return nil // the end, for now
		}
		length := int64(binary.BigEndian.Uint32(head[8:]))
		if length == 0 {
			return nil
		}
		body := make([]byte, length+1)
		if _, err := f.ReadAt(body, m.offset+frame); err != nil || body[length] != logEndMark {
			return nil // it is being written
		}
		body = body[:length]
		if uint64(adler32.Checksum(body)) != binary.BigEndian.Uint64(head) {
			return nil
		}
		t, err := parseTxn(body)
		if err != nil {
			return fmt.Errorf("read %s at %d: %w", f.Name(), m.offset, err)
		}
		if t.zxid > after {
			m.pending = append(m.pending, t)
		}
		m.offset += frame + length + 1
	}
}

// parseTxn parses a change: a header, then what depends on its type.
func parseTxn(b []byte) (txn, error) {
	in := &jute.Reader{Rest: b}
	t := txn{session: uint64(in.Int64()), request: in.Int32(), zxid: uint64(in.Int64())}
	in.Int64() // when
	switch kind := in.Int32(); kind {
	case txnCreate, txnCreate2:
		t.path, t.data = in.Text(), []byte(in.Text())
		for range max(0, in.Int32()) { // the access control list
			in.Int32()
			in.Text()
			in.Text()
		}
		if ephemeral := in.Byte() != 0; ephemeral {
			t.kind = txnCreate
		}
	case txnDelete:
		t.kind, t.path = kind, in.Text()
	case txnClose:
		t.kind = kind
	}
	if in.Short {
		return txn{}, fmt.Errorf("a change of %d bytes is not understood", len(b))
	}
	return t, nil
}
