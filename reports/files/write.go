package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The name of a file that is being written: hidden, and in the same folder as its target.
const (
	unfinishedPrefix = "."
	unfinishedSuffix = ".unfinished"
)

// Write writes a file beside its target and moves it there when it is complete: nobody ever finds
// half of it, and an older one stays if something goes wrong. A process that is killed meanwhile
// leaves a hidden file, which RemoveLeftovers removes.
func Write(path string, write func(io.Writer) error) error {
	file, err := createBeside(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = unfinished.finish(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), unfinished.remove(file.Name()))
	}
	return nil
}

// Abandon removes the files that this process is still writing; it is for a process that is about
// to end in the middle of that. Any code that is still writing such a file gets an error.
func Abandon() { unfinished.abandon() }

// unfinished are the hidden files that this process is writing.
var unfinished = inHand{names: map[string]bool{}}

type inHand struct {
	mu    sync.Mutex
	names map[string]bool
}

var errAbandoned = errors.New("it was abandoned, as the program is about to end")

func (h *inHand) add(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.names[name] = true
}

// finish moves a file to its target.
func (h *inHand) finish(name, path string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.names[name] {
		return errAbandoned
	}
	err := os.Rename(name, path)
	if err == nil {
		delete(h.names, name)
	}
	return err
}

// remove removes a file, unless that has been done.
func (h *inHand) remove(name string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.names[name] {
		return nil
	}
	delete(h.names, name)
	return os.Remove(name)
}

func (h *inHand) abandon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name := range h.names {
		_ = os.Remove(name) // what cannot be removed is hidden, and the next report removes it
		delete(h.names, name)
	}
}

// WriteBytes writes a file, as Write does.
func WriteBytes(path string, content []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(content))
		return err
	})
}

// createBeside makes a new hidden file for path, with the permissions of any new file.
func createBeside(path string) (*os.File, error) {
	dir, name := filepath.Split(path)
	for {
		hidden := dir + fmt.Sprintf("%s%s.%08x%s", unfinishedPrefix, name, rand.Uint32(), unfinishedSuffix)
		file, err := os.OpenFile(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			unfinished.add(hidden)
		}
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// abandoned is the age at which a leftover cannot still be in use.
const abandoned = time.Minute

// RemoveLeftovers removes from a folder what killed processes had not finished writing. What may
// still be in use stays, and so does what cannot be removed: it is hidden, and nothing reads it.
func RemoveLeftovers(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), unfinishedPrefix) || !strings.HasSuffix(e.Name(), unfinishedSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
