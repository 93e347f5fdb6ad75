//go:build linux

package vdso

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/locklab/locklab/sim/live/internal/process"
)

// Outside returns nil if no thread of these stopped processes is inside its vDSO.
func Outside(pids []int) error {
	return noThreadAt(pids, func(int) bool { return true })
}

// ClearOfEntries returns nil if no thread of these stopped processes is at an instruction that a
// step of a clock replaces. Threads may be elsewhere in the vDSO: they finish with the code they
// began with, since all of that stays in place.
func ClearOfEntries(pids []int) error {
	v, err := kernel()
	if err != nil {
		return err
	}
	return noThreadAt(pids, func(offset int) bool {
		for _, e := range v.entries {
			if offset >= e.at && offset < e.at+jumpSize {
				return true
			}
		}
		return false
	})
}

// noThreadAt returns nil if no thread of these stopped processes is at an offset of its vDSO for
// which certain is true.
func noThreadAt(pids []int, certain func(offset int) bool) error {
	for _, pid := range pids {
		low, high, err := find(strconv.Itoa(pid))
		if process.Gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		for _, thread := range process.Threads(pid) {
			at, err := programCounter(thread + "/syscall")
			if err != nil && !process.Gone(err) {
				return err
			}
			if err == nil && at >= low && at < high && certain(int(at-low)) {
				return fmt.Errorf("thread %s of process %d is reading a clock whenever it is stopped", filepath.Base(thread), pid)
			}
		}
	}
	return nil
}

// programCounter reads where a stopped thread will continue, from a line "-1 sp pc" or "number
// arguments… sp pc".
func programCounter(path string) (uint64, error) {
	line, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(line))
	if len(fields) < 3 {
		return 0, fmt.Errorf("%s says %q, expected where the thread is stopped", path, line)
	}
	return strconv.ParseUint(fields[len(fields)-1], 0, 64)
}
