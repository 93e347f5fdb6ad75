//go:build linux

package confine

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What the kernel says about a call, and the answer to it (linux/seccomp.h: seccomp_notif and
// seccomp_notif_resp), and the sizes that the kernel reports for its structs.
type (
	seccompCall struct {
		id         uint64
		pid, flags uint32
		number     int32
		arch       uint32
		pointer    uint64
		arguments  [6]uint64
	}
	seccompAnswer struct {
		id    uint64
		value int64
		err   int32
		flags uint32
	}
	seccompSizes struct{ call, answer, data uint16 }
)

// syncCalls are the calls that return once the disk has what was written. sync_file_range is not
// one of them: it promises nothing, and no server relies on it.
var syncCalls = []uint32{unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_MSYNC, unix.SYS_SYNC, unix.SYS_SYNCFS}

// errNobodyLeft means that every process from which a listener could receive calls has ended.
var errNobodyLeft = errors.New("no process is left under the filter")

// listenForSyncs puts this thread under a filter that asks before each of the syncCalls, and
// returns the file descriptor through which it asks. The kernel closes it in processes that the
// thread starts.
func listenForSyncs() (listener int, err error) {
	arch := auditArch()
	if arch == 0 {
		return 0, fmt.Errorf("how to keep calls of a program is known for amd64 and arm64, not for %s", runtime.GOARCH)
	}
	var sizes seccompSizes
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_NOTIF_SIZES, 0, uintptr(unsafe.Pointer(&sizes))); errno != 0 {
		return 0, fmt.Errorf("this kernel cannot ask about calls (seccomp user notification: %w): Linux 5.9 and newer can", errno)
	}
	if uintptr(sizes.call) != unsafe.Sizeof(seccompCall{}) || uintptr(sizes.answer) != unsafe.Sizeof(seccompAnswer{}) {
		return 0, fmt.Errorf("this kernel asks about calls in another form than locklab knows (%d and %d bytes)", sizes.call, sizes.answer)
	}
	filter := syncFilter(arch)
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return 0, fmt.Errorf("put a thread under a seccomp filter that asks: %w", errno)
	}
	return int(fd), nil
}

// syncFilter returns the filter, for the kernel's number of the processor architecture. It loads
// fields of struct seccomp_data: the architecture at 4 and the number of the call at 0.
func syncFilter(arch uint32) []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	n := uint8(len(syncCalls))
	filter := []unix.SockFilter{{Code: load, K: 4}, {Code: equal, K: arch, Jf: n + 1}, {Code: load, K: 0}}
	for i, call := range syncCalls {
		filter = append(filter, unix.SockFilter{Code: equal, K: call, Jt: n - uint8(i)})
	}
	return append(filter, unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_ALLOW}, unix.SockFilter{Code: answer, K: unix.SECCOMP_RET_USER_NOTIF})
}

// nextSync waits for the next call.
func nextSync(listener int) (id uint64, err error) {
	for {
		wait := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(wait, -1); err != nil && err != unix.EINTR {
			return 0, fmt.Errorf("wait for a sync: %w", err)
		}
		switch {
		case wait[0].Revents&unix.POLLIN != 0:
		case wait[0].Revents&unix.POLLHUP != 0:
			return 0, errNobodyLeft
		default:
			continue
		}
		var call seccompCall // the kernel requires zeros
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&call)))
		switch errno {
		case 0:
			return call.id, nil
		case unix.EINTR, unix.ENOENT: // the caller was killed, or got a signal and calls again
		default:
			return 0, fmt.Errorf("hear of a sync: %w", errno)
		}
	}
}

// letThrough lets the kernel proceed with a call, if its caller still waits.
func letThrough(listener int, id uint64) error {
	answer := seccompAnswer{id: id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE} // as if it had not asked: Linux 5.5
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&answer)))
	if errno != 0 && errno != unix.ENOENT {
		return fmt.Errorf("let a sync through: %w", errno)
	}
	return nil
}

// auditArch returns the kernel's number for this processor architecture, or 0 if it is not
// known.
func auditArch() uint32 {
	switch runtime.GOARCH {
	case "amd64":
		return unix.AUDIT_ARCH_X86_64
	case "arm64":
		return unix.AUDIT_ARCH_AARCH64
	}
	return 0
}
