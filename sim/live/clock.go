//go:build linux

package live

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// machineClock reads CLOCK_MONOTONIC by the raw system call. Go's time package goes through the
// vDSO, where clock faults are injected. This clock is out of their reach and the same for all
// processes of the machine.
func machineClock() time.Duration { return readClock(unix.CLOCK_MONOTONIC) }

// machineWall reads the machine's wall clock in the same way, as the time since 1970.
func machineWall() time.Duration { return readClock(unix.CLOCK_REALTIME) }

func readClock(id uintptr) time.Duration {
	var ts unix.Timespec
	_, _, errno := unix.RawSyscall(unix.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&ts)), 0)
	if errno != 0 {
		panic(fmt.Sprintf("read clock %d: %v", id, errno)) // both exist on every Linux
	}
	return time.Duration(ts.Nano())
}
