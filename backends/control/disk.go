//go:build linux

package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// disk is the file that keeps what the live service knows, so that a crash of its host costs it
// nothing. A crash kills processes, not the kernel: what was written is there afterwards.
type disk string

// read returns the service as it was when it last wrote, or a new one.
func (d disk) read() (*Model, error) {
	m := NewModel()
	text, err := os.ReadFile(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, m)
	}
	if err != nil {
		return nil, fmt.Errorf("read the perfect lock's disk: %w", err)
	}
	return m, nil
}

// write replaces what is kept. A crash in the middle of it leaves what was there before.
func (d disk) write(m *Model) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = os.WriteFile(string(d)+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(string(d)+".new", string(d))
	}
	if err != nil {
		return fmt.Errorf("write the perfect lock's disk: %w", err)
	}
	return nil
}
