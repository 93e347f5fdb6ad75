//go:build linux

package live

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

// A process reads its clocks through code that the kernel maps into it, the vDSO. A clock
// fault sends three functions of it (clock_gettime, gettimeofday, time) to stubs that make
// the real system call and add an offset. The stubs and the offsets lie behind the vDSO's
// own code, in the unused end of its last page. The pages are private to each process:
// what is written there through /proc/PID/mem changes nobody else's clock.

// clockShift is how far the clocks of a process are off.
type clockShift struct {
	wall      time.Duration // CLOCK_REALTIME and what goes with it
	monotonic time.Duration // CLOCK_MONOTONIC and what goes with it
	boot      time.Duration // CLOCK_BOOTTIME: as monotonic, but goes on while the host is suspended
}

// clockIDs is how many clocks there are: 0 to 11.
const clockIDs = 12

// of is the offset of one of the kernel's clocks.
func (s clockShift) of(id int) time.Duration {
	switch id {
	case 0, 5, 8, 11: // REALTIME, its COARSE and ALARM variants, TAI
		return s.wall
	case 1, 4, 6: // MONOTONIC, MONOTONIC_RAW, MONOTONIC_COARSE
		return s.monotonic
	case 7, 9: // BOOTTIME, BOOTTIME_ALARM
		return s.boot
	}
	return 0 // clocks of processor time
}

// Layout of what the stubs read: seconds and nanoseconds for each clock, then the
// microseconds of the wall clock.
const (
	offsetSize  = 16
	microsAt    = clockIDs * offsetSize
	offsetsSize = microsAt + 8
)

// encode lays the offsets out for the stubs. The parts below a second are never negative.
func (s clockShift) encode() []byte {
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
	_, nanos := split(s.wall)
	return binary.LittleEndian.AppendUint64(b, uint64(nanos/1000))
}

// vdso is the vDSO as the kernel gives it to every process of this program's architecture.
type vdso struct {
	image   []byte
	entries []vdsoEntry
	free    int // offset of the unused end
}

// vdsoEntry is a function of the vDSO and the code that takes its place.
type vdsoEntry struct {
	at    int // offset in the image
	stub  func(offsets int) stub
	named string
}

// kernelVDSO is read from this process, whose clocks nobody shifts.
var kernelVDSO = sync.OnceValues(readKernelVDSO)

func readKernelVDSO() (*vdso, error) {
	if stubs == nil {
		return nil, fmt.Errorf("the clock code of %s is not known here: use an amd64 machine", runtime.GOARCH)
	}
	_, image, err := readVDSO("self")
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
	v := &vdso{image: image, free: len(bytes.TrimRight(image, "\x00"))}
	v.free = (v.free + 63) &^ 63 // clear of trailing zeros that mean something
	for _, name := range []string{"clock_gettime", "gettimeofday", "time"} {
		for _, s := range symbols {
			if s.Name == "__vdso_"+name && s.Size >= jumpSize {
				v.entries = append(v.entries, vdsoEntry{at: int(s.Value), stub: stubs[name], named: name})
			}
		}
	}
	if len(v.entries) == 0 || v.entries[0].named != "clock_gettime" {
		return nil, errors.New("this machine's vDSO has no clock_gettime")
	}
	if _, err := v.shifted(clockShift{}); err != nil {
		return nil, err
	}
	return v, nil
}

// shifted gives the image under which the clocks are off by s. Where they are right, the
// functions are the kernel's again; the stubs stay, as a thread may have been interrupted
// in one.
func (v *vdso) shifted(s clockShift) ([]byte, error) {
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
		if s != (clockShift{}) {
			copy(image[e.at:], jump(e.at, at))
		}
	}
	if end > len(image) {
		return nil, fmt.Errorf("this machine's vDSO has no room for %d bytes more: use another kernel", end-v.free)
	}
	return image, nil
}

// same tells whether an image is this vDSO, whatever is at the entries and the free end.
func (v *vdso) same(image []byte) bool {
	if len(image) != len(v.image) {
		return false
	}
	image = bytes.Clone(image)
	for _, e := range v.entries {
		copy(image[e.at:e.at+jumpSize], v.image[e.at:])
	}
	return bytes.Equal(image[:v.free], v.image[:v.free])
}

// vdsoRange finds where a process has its vDSO. The list that the kernel gives of one that ends
// meanwhile breaks off somewhere: looked at again, it is empty.
func vdsoRange(pid string) (low, high uint64, err error) {
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

// readVDSO reads the vDSO of a process as it is now, and where it lies.
func readVDSO(pid string) (low uint64, image []byte, err error) {
	low, high, err := vdsoRange(pid)
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
		return 0, nil, os.ErrNotExist // its memory has gone since
	} else if err != nil {
		return 0, nil, fmt.Errorf("read the vDSO of process %s: %w", pid, err)
	}
	return low, image, nil
}

// shiftProcess sets how far the clocks of a process are off, and reads back that they
// are. No thread of it may run, or be stopped inside its vDSO.
func shiftProcess(pid int, s clockShift) error {
	v, err := kernelVDSO()
	if err != nil {
		return err
	}
	low, image, err := readVDSO(fmt.Sprint(pid))
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
		return os.ErrNotExist // the same
	} else if err != nil {
		return fmt.Errorf("write to the vDSO of process %d: %w", pid, err)
	}
	return processShifted(pid, s)
}

// processShifted looks whether the clocks of a process are off by s: nil, they are.
func processShifted(pid int, s clockShift) error {
	v, err := kernelVDSO()
	if err != nil {
		return err
	}
	_, image, err := readVDSO(fmt.Sprint(pid))
	if err != nil {
		return err
	}
	if s == (clockShift{}) && bytes.Equal(image, v.image) {
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
