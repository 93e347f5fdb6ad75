//go:build linux

// Package clock reads the machine's clocks past everything that may shift them for one process,
// and relates a process's own clocks to them.
package clock

import (
	"fmt"
	"math"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Never is a moment of the machine's clock that does not come.
const Never = time.Duration(math.MaxInt64)

// Now reads CLOCK_MONOTONIC by the raw system call. Go's time package goes through the
// vDSO, where clock faults are injected. This clock is out of their reach and the same for all
// processes of the machine.
func Now() time.Duration { return read(unix.CLOCK_MONOTONIC) }

// Wall reads the machine's wall clock in the same way, as the time since 1970.
func Wall() time.Duration { return read(unix.CLOCK_REALTIME) }

func read(id uintptr) time.Duration {
	var ts unix.Timespec
	_, _, errno := unix.RawSyscall(unix.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&ts)), 0)
	if errno != 0 {
		panic(fmt.Sprintf("read clock %d: %v", id, errno)) // both exist on every Linux
	}
	return time.Duration(ts.Nano())
}
