// Package files reads files within bounds, and writes them atomically.
package files

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// TooLong is the error for a file that is longer than its contents can be.
type TooLong struct {
	Path string
	Most int64 // bytes
}

func (e *TooLong) Error() string {
	return fmt.Sprintf("%s has more than %d bytes, expected at most that many: is it the file that you meant?", e.Path, e.Most)
}

// Read reads a file of at most that many bytes; a longer one gives *TooLong, and no more of it is
// read. Pipes and devices are read the same way, so one that never ends is cut short.
func Read(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, path, most)
}

// ReadRegular reads a regular file of at most that many bytes, see Open.
func ReadRegular(path string, most int64) ([]byte, error) {
	file, err := Open(path, most)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, path, most)
}

func readAll(r io.Reader, path string, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > most {
		return nil, &TooLong{path, most}
	}
	return text, nil
}

// Open opens a file of at most that many bytes. It refuses anything that is not a file on a disk:
// opening or reading a pipe can take forever.
func Open(path string, most int64) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, expected a file", path, kindOf(info.Mode()))
	}
	if info.Size() > most {
		return nil, &TooLong{path, most}
	}
	return os.Open(path)
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
