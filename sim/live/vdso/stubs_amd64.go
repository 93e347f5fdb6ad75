//go:build linux

package vdso

import "encoding/binary"

// jumpSize is the length of the jump that replaces the start of a function.
const jumpSize = 5

// jump returns the instruction at offset from that jumps to offset to.
func jump(from, to int) []byte {
	return binary.LittleEndian.AppendUint32([]byte{0xe9}, uint32(int32(to-(from+jumpSize))))
}

// stub is machine code whose location is not known yet.
type stub struct {
	code  []byte
	data  map[int]int // keys are places in code that hold the distance to data; values are the offsets of that data
	short map[int]int // keys are places in code of short forward jumps; values are their targets in code
}

// link returns the code for offset at.
func (s stub) link(at int) []byte {
	for place, target := range s.data {
		binary.LittleEndian.PutUint32(s.code[place:], uint32(int32(target-(at+place+4))))
	}
	for place, target := range s.short {
		s.code[place] = byte(target - (place + 1))
	}
	return s.code
}

func newStub() *stub { return &stub{data: make(map[int]int), short: make(map[int]int)} }

// op adds an instruction.
func (s *stub) op(code ...byte) *stub { s.code = append(s.code, code...); return s }

// with adds an instruction that ends in the distance of data.
func (s *stub) with(target int, code ...byte) *stub {
	s.op(code...)
	s.data[len(s.code)] = target
	return s.op(0, 0, 0, 0)
}

// ahead adds a conditional short jump. Call here at the jump's target.
func (s *stub) ahead(opcode byte) (here func()) {
	s.op(opcode, 0)
	place := len(s.code) - 1
	return func() { s.short[place] = len(s.code) }
}

// Opcodes of short jumps.
const (
	ifAbove   = 0x77
	ifZero    = 0x74
	ifNotZero = 0x75
	ifLess    = 0x7c
)

// stubs are the replacements of the functions. Like these, they follow the C calling convention,
// and they use only registers that a callee may change.
var stubs = map[string]func(offsets int) stub{
	"clock_gettime": stubClockGettime,
	"gettimeofday":  stubGettimeofday,
	"time":          stubTime,
}

// stubClockGettime: edi is the clock, rsi the struct timespec.
func stubClockGettime(offsets int) stub {
	s := newStub()
	s.op(0xb8, 228, 0, 0, 0).op(0x0f, 0x05)  // mov eax, SYS_clock_gettime; syscall
	s.op(0x85, 0xc0)                         // test eax, eax
	failed := s.ahead(ifNotZero)             //
	s.op(0x83, 0xff, clockIDs-1)             // cmp edi, 11
	unknown := s.ahead(ifAbove)              //
	s.op(0x89, 0xff)                         // mov edi, edi: the upper half is undefined
	s.op(0x48, 0xc1, 0xe7, 4)                // shl rdi, 4
	s.with(offsets, 0x48, 0x8d, 0x0d)        // lea rcx, [offsets]
	s.op(0x48, 0x01, 0xf9)                   // add rcx, rdi
	s.op(0x48, 0x8b, 0x41, 8)                // mov rax, [rcx+8]
	s.op(0x48, 0x8b, 0x09)                   // mov rcx, [rcx]
	s.op(0x48, 0x01, 0x0e)                   // add [rsi], rcx
	s.op(0x48, 0x03, 0x46, 8)                // add rax, [rsi+8]
	s.op(0x48, 0x3d, 0x00, 0xca, 0x9a, 0x3b) // cmp rax, 1000000000
	fits := s.ahead(ifLess)                  //
	s.op(0x48, 0x2d, 0x00, 0xca, 0x9a, 0x3b) // sub rax, 1000000000
	s.op(0x48, 0xff, 0x06)                   // inc qword [rsi]
	fits()
	s.op(0x48, 0x89, 0x46, 8) // mov [rsi+8], rax
	s.op(0x31, 0xc0)          // xor eax, eax
	failed()
	unknown()
	return *s.op(0xc3) // ret
}

// stubGettimeofday: rdi is the struct timeval or 0, rsi the time zone or 0.
func stubGettimeofday(offsets int) stub {
	s := newStub()
	s.op(0xb8, 96, 0, 0, 0).op(0x0f, 0x05)     // mov eax, SYS_gettimeofday; syscall
	s.op(0x85, 0xc0)                           // test eax, eax
	failed := s.ahead(ifNotZero)               //
	s.op(0x48, 0x85, 0xff)                     // test rdi, rdi
	nothing := s.ahead(ifZero)                 //
	s.with(offsets+microsAt, 0x48, 0x8b, 0x05) // mov rax, [microseconds]
	s.with(offsets, 0x48, 0x8b, 0x0d)          // mov rcx, [seconds]
	s.op(0x48, 0x01, 0x0f)                     // add [rdi], rcx
	s.op(0x48, 0x03, 0x47, 8)                  // add rax, [rdi+8]
	s.op(0x48, 0x3d, 0x40, 0x42, 0x0f, 0x00)   // cmp rax, 1000000
	fits := s.ahead(ifLess)                    //
	s.op(0x48, 0x2d, 0x40, 0x42, 0x0f, 0x00)   // sub rax, 1000000
	s.op(0x48, 0xff, 0x07)                     // inc qword [rdi]
	fits()
	s.op(0x48, 0x89, 0x47, 8) // mov [rdi+8], rax
	s.op(0x31, 0xc0)          // xor eax, eax
	failed()
	nothing()
	return *s.op(0xc3) // ret
}

// stubTime: rdi is where the seconds are stored as well, or 0. It calls clock_gettime because
// the offset may have a part below a second.
func stubTime(offsets int) stub {
	s := newStub()
	s.op(0x57)                                     // push rdi
	s.op(0x48, 0x83, 0xec, 16)                     // sub rsp, 16
	s.op(0x31, 0xff)                               // xor edi, edi: CLOCK_REALTIME
	s.op(0x48, 0x89, 0xe6)                         // mov rsi, rsp
	s.op(0xb8, 228, 0, 0, 0).op(0x0f, 0x05)        // mov eax, SYS_clock_gettime; syscall
	s.op(0x48, 0x8b, 0x04, 0x24)                   // mov rax, [rsp]
	s.op(0x48, 0x8b, 0x4c, 0x24, 8)                // mov rcx, [rsp+8]
	s.op(0x48, 0x83, 0xc4, 16)                     // add rsp, 16
	s.op(0x5f)                                     // pop rdi
	s.with(offsets, 0x48, 0x03, 0x05)              // add rax, [seconds]
	s.with(offsets+8, 0x48, 0x03, 0x0d)            // add rcx, [nanoseconds]
	s.op(0x48, 0x81, 0xf9, 0x00, 0xca, 0x9a, 0x3b) // cmp rcx, 1000000000
	fits := s.ahead(ifLess)                        //
	s.op(0x48, 0xff, 0xc0)                         // inc rax
	fits()
	s.op(0x48, 0x85, 0xff)     // test rdi, rdi
	nowhere := s.ahead(ifZero) //
	s.op(0x48, 0x89, 0x07)     // mov [rdi], rax
	nowhere()
	return *s.op(0xc3) // ret
}
