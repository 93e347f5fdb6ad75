//go:build linux

// Package vdso shifts the clocks that a single process reads.
//
// A process reads its clocks through the vDSO, code that the kernel maps into it. A clock fault
// redirects three of its functions (clock_gettime, gettimeofday, time) to stubs that make the
// real system call and add an offset. The stubs and the offsets are placed behind the vDSO's own
// code, in the unused end of its last page. The pages are private to each process: writing to
// them through /proc/PID/mem changes no other process's clock.
package vdso

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Shift is how far the clocks of a process are shifted.
type Shift struct {
	Wall      time.Duration // CLOCK_REALTIME and related clocks
	Monotonic time.Duration // CLOCK_MONOTONIC and related clocks
	Boot      time.Duration // CLOCK_BOOTTIME: like monotonic, but keeps running while the host is suspended
}

// clockIDs is the number of clocks: 0 to 11.
const clockIDs = 12

// of returns the offset of one of the kernel's clocks.
func (s Shift) of(id int) time.Duration {
	switch id {
	case 0, 5, 8, 11: // REALTIME, its COARSE and ALARM variants, TAI
		return s.Wall
	case 1, 4, 6: // MONOTONIC, MONOTONIC_RAW, MONOTONIC_COARSE
		return s.Monotonic
	case 7, 9: // BOOTTIME, BOOTTIME_ALARM
		return s.Boot
	}
	return 0 // clocks of processor time
}

// Layout of what the stubs read: seconds and nanoseconds for each clock, then the microseconds
// of the wall clock.
const (
	offsetSize  = 16
	microsAt    = clockIDs * offsetSize
	offsetsSize = microsAt + 8
)

// encode lays out the offsets for the stubs. The parts below a second are never negative.
func (s Shift) encode() []byte {
	var b []byte
	split := func(d time.Duration) (seconds, nanos int64) {
		seconds, nanos = int64(d/time.Second), int64(d%time.Second)
		if nanos < 0 {
			seconds, nanos = seconds-1, nanos+int64(time.Second)
		}
		return seconds, nanos
	}
	for id := range clockIDs {
		seconds, nanos := split(s.of(id))
		b = binary.LittleEndian.AppendUint64(b, uint64(seconds))
		b = binary.LittleEndian.AppendUint64(b, uint64(nanos))
	}
	_, nanos := split(s.Wall)
	return binary.LittleEndian.AppendUint64(b, uint64(nanos/1000))
}

// object is the vDSO that the kernel gives to every process of this program's architecture.
type object struct {
	image   []byte
	entries []entry
	free    int // offset of the unused end
}

// entry is a function of the vDSO and the code that replaces it.
type entry struct {
	at    int // offset in the image
	stub  func(offsets int) stub
	named string
}

// kernel reads the vDSO from this process, whose clocks are never shifted.
var kernel = sync.OnceValues(readKernel)

func readKernel() (*object, error) {
	if stubs == nil {
		return nil, fmt.Errorf("the clock code of %s is not known here: use an amd64 machine", runtime.GOARCH)
	}
	_, image, err := read("self")
	if err != nil {
		return nil, err
	}
	file, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return nil, fmt.Errorf("understand this machine's vDSO: %w", err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return nil, fmt.Errorf("list the functions of this machine's vDSO: %w", err)
	}
	v := &object{image: image, free: len(bytes.TrimRight(image, "\x00"))}
	v.free = (v.free + 63) &^ 63 // clear of trailing zeros that mean something
	for _, name := range []string{"clock_gettime", "gettimeofday", "time"} {
		for _, s := range symbols {
			if s.Name == "__vdso_"+name && s.Size >= jumpSize {
				v.entries = append(v.entries, entry{at: int(s.Value), stub: stubs[name], named: name})
			}
		}
	}
	if len(v.entries) == 0 || v.entries[0].named != "clock_gettime" {
		return nil, errors.New("this machine's vDSO has no clock_gettime")
	}
	if _, err := v.shifted(Shift{}); err != nil {
		return nil, err
	}
	return v, nil
}

// shifted returns the image that shifts the clocks by s. With a zero shift, the functions are
// the kernel's again; the stubs stay, as a thread may have been interrupted in one.
func (v *object) shifted(s Shift) ([]byte, error) {
	image := bytes.Clone(v.image)
	end := v.free
	put := func(code []byte) (at int) {
		at, end = end, end+len(code)
		if end <= len(image) {
			copy(image[at:], code)
		}
		return at
	}
	offsets := put(s.encode())
	for _, e := range v.entries {
		at := put(e.stub(offsets).link(end))
		if s != (Shift{}) {
			copy(image[e.at:], jump(e.at, at))
		}
	}
	if end > len(image) {
		return nil, fmt.Errorf("this machine's vDSO has no room for %d bytes more: use another kernel", end-v.free)
	}
	return image, nil
}

// same reports whether an image is this vDSO, ignoring the entries and the unused end.
func (v *object) same(image []byte) bool {
	if len(image) != len(v.image) {
		return false
	}
	image = bytes.Clone(image)
	for _, e := range v.entries {
		copy(image[e.at:e.at+jumpSize], v.image[e.at:])
	}
	return bytes.Equal(image[:v.free], v.image[:v.free])
}

// find returns where a process has its vDSO. If the process ends meanwhile, the kernel's list
// may be cut short; read again, it is empty.
func find(pid string) (low, high uint64, err error) {
	for range 2 {
		maps, err := os.ReadFile("/proc/" + pid + "/maps")
		if err != nil {
			return 0, 0, err
		}
		if len(maps) == 0 { // its memory is gone already: it is ending
			return 0, 0, os.ErrNotExist
		}
		for line := range strings.Lines(string(maps)) {
			if strings.HasSuffix(line, "[vdso]\n") {
				_, err = fmt.Sscanf(line, "%x-%x", &low, &high)
				return low, high, err
			}
		}
	}
	return 0, 0, fmt.Errorf("process %s has no vDSO", pid)
}

// read reads the current vDSO of a process, and its address.
func read(pid string) (low uint64, image []byte, err error) {
	low, high, err := find(pid)
	if err != nil {
		return 0, nil, err
	}
	mem, err := os.Open("/proc/" + pid + "/mem")
	if err != nil {
		return 0, nil, err
	}
	defer mem.Close()
	image = make([]byte, high-low)
	if _, err := mem.ReadAt(image, int64(low)); errors.Is(err, io.EOF) {
		return 0, nil, os.ErrNotExist // its memory is gone by now
	} else if err != nil {
		return 0, nil, fmt.Errorf("read the vDSO of process %s: %w", pid, err)
	}
	return low, image, nil
}

// Apply sets the shift of the clocks of a process, and verifies it. None of its threads
// may be running, or stopped inside its vDSO.
func Apply(pid int, s Shift) error {
	v, err := kernel()
	if err != nil {
		return err
	}
	low, image, err := read(fmt.Sprint(pid))
	if err != nil {
		return err
	}
	if !v.same(image) {
		return fmt.Errorf("the vDSO of process %d is not the one that locklab itself has: is it a 32-bit program?", pid)
	}
	shifted, err := v.shifted(s)
	if err != nil {
		return err
	}
	mem, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer mem.Close()
	if _, err := mem.WriteAt(shifted, int64(low)); errors.Is(err, io.ErrUnexpectedEOF) {
		return os.ErrNotExist // as in read
	} else if err != nil {
		return fmt.Errorf("write to the vDSO of process %d: %w", pid, err)
	}
	return Applied(pid, s)
}

// Applied checks whether the clocks of a process are shifted by s; nil means that they
// are.
func Applied(pid int, s Shift) error {
	v, err := kernel()
	if err != nil {
		return err
	}
	_, image, err := read(fmt.Sprint(pid))
	if err != nil {
		return err
	}
	if s == (Shift{}) && bytes.Equal(image, v.image) {
		return nil // it has never been shifted
	}
	want, err := v.shifted(s)
	if err != nil {
		return err
	}
	if !bytes.Equal(image, want) {
		return fmt.Errorf("the clocks of process %d are not off by %+v", pid, s)
	}
	return nil
}
