//go:build linux

package redislive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/locklab/locklab/backends/redis"
)

// A crash kills the server but not the kernel, which keeps what the server had written. To lose
// what a power failure would have lost, the append-only file is cut to its last synced length
// before the server starts again. With always nothing has to be cut, since whatever was answered
// was synced. With everysec nothing shows how far the file was synced, and fsync does nothing on a
// lab's in-memory file system. So the observer watches the file grow and applies the same rule as
// the model (persist.go).

// fsyncs is the rule of appendfsync everysec: it computes which length of the file has been synced.
// Times are on the clock of the sampling process.
type fsyncs struct {
	synced int64
	began  time.Duration // the last fsync
	due    time.Duration // the next one, if wanted
	wanted bool          // there is something to sync
}

// sample records the file's current length.
func (f *fsyncs) sample(now time.Duration, size int64) {
	if !f.wanted && size > f.synced {
		f.wanted, f.due = true, max(now, f.began+redis.EverySecond)
	}
	if f.wanted && now >= f.due+redis.FsyncTime {
		f.synced, f.began, f.wanted = size, f.due, false
	}
}

const (
	// syncedFile, in a host's directory, holds the synced length of the append-only file.
	syncedFile = "synced"
	// samplePeriod is how often the observer looks at the file.
	samplePeriod = 2 * time.Millisecond
)

// disk watches the append-only file in a directory while its server is up.
type disk struct {
	dir string
	now func() time.Duration

	mu   sync.Mutex
	up   bool
	rule fsyncs
}

// switchOn begins to watch. What the file holds now counts as synced: the server has just been
// started or emptied.
func (d *disk) switchOn() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	size, err := fileSize(d.dir)
	if err != nil {
		return err
	}
	d.up, d.rule = true, fsyncs{synced: size, began: d.now()}
	return writeSynced(d.dir, size)
}

// switchOff records that the server crashed: nothing is synced from now on.
func (d *disk) switchOff() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.up = false
}

// watch samples until over is closed.
func (d *disk) watch(over <-chan struct{}) error {
	tick := time.NewTicker(samplePeriod)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return nil
		case <-tick.C:
			if err := d.look(); err != nil {
				return err
			}
		}
	}
}

func (d *disk) look() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.up {
		return nil
	}
	size, err := fileSize(d.dir)
	if err != nil {
		return err
	}
	before := d.rule.synced
	if d.rule.sample(d.now(), size); d.rule.synced == before {
		return nil
	}
	return writeSynced(d.dir, d.rule.synced)
}

// appendOnlyFile finds the file that grows; since Redis 7 it is in a directory of its own.
func appendOnlyFile(dir string) (string, error) {
	parts, err := filepath.Glob(filepath.Join(dir, "appendonlydir", "*.incr.aof"))
	if err != nil {
		return "", err
	}
	switch len(parts) {
	case 0:
		return filepath.Join(dir, "appendonly.aof"), nil
	case 1:
		return parts[0], nil
	}
	return "", fmt.Errorf("%s has several append-only files that grow: %v", dir, parts)
}

func fileSize(dir string) (int64, error) {
	path, err := appendOnlyFile(dir)
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("look how long the append-only file is: %w", err)
	}
	return info.Size(), nil
}

// writeSynced replaces the file atomically, since the reader may come at any moment.
func writeSynced(dir string, size int64) error {
	root, err := os.OpenRoot(dir) // the server owns the directory: follow no link out of it
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.WriteFile(syncedFile+".new", []byte(strconv.FormatInt(size, 10)), 0o600); err != nil {
		return err
	}
	return root.Rename(syncedFile+".new", syncedFile)
}

// loseUnsynced cuts the append-only file to its synced length. If it was not watched, nothing is
// cut.
func loseUnsynced(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, syncedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	size, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return fmt.Errorf("read %s: %w", syncedFile, err)
	}
	path, err := appendOnlyFile(dir)
	if err != nil {
		return err
	}
	return truncate(dir, path, size)
}

// truncate cuts a file in a server's directory. The server owns that directory and could have put a
// link to any file there, so no link is followed out of it.
func truncate(dir, path string, size int64) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	file, err := root.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cut the append-only file: %w", err)
	}
	return errors.Join(file.Truncate(size), file.Close())
}
