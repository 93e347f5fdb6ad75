//go:build linux

package process

import "sync"

// Tail keeps the last bytes that were written to it.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

// tailSize is how much of a process's output is kept, in bytes: a Go program that crashes prints
// the reason before the stacks of all its goroutines.
const tailSize = 64 << 10

func (t *Tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b...)
	if extra := len(t.kept) - tailSize; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(b), nil
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
