//go:build linux

package vdso

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Patchable says why this machine does not allow shifting the clock of a single process, and
// what to do; nil means that it does. A process reads the time through code that the kernel maps
// into it (the vDSO). Shifting its clock means overwriting that code through /proc/PID/mem
// although its pages are read-only. Some hardened kernels forbid such writes, so Patchable
// tries one on a page of its own.
func Patchable() error {
	if _, err := kernel(); err != nil {
		return err
	}
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return fmt.Errorf("map a page to try it on: %w", err)
	}
	defer func() { _ = unix.Munmap(page) }()
	mem, err := os.OpenFile("/proc/self/mem", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("/proc/self/mem cannot be opened for writing (%w): mount /proc, or run outside this sandbox", err)
	}
	defer mem.Close()
	const mark = 0x5a
	if _, err := mem.WriteAt([]byte{mark}, int64(uintptr(unsafe.Pointer(&page[0])))); err != nil {
		return fmt.Errorf("this kernel forbids forced writes to /proc/PID/mem (%w): boot with proc_mem.force_override=always, or use another machine", err)
	}
	if page[0] != mark {
		return fmt.Errorf("a forced write to /proc/self/mem had no effect: use another machine")
	}
	return nil
}
