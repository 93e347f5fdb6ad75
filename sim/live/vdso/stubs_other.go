//go:build linux && !amd64

package vdso

// jumpSize is 0, as no stubs are known for this architecture: clock faults are not available on it.
const jumpSize = 0

func jump(int, int) []byte { return nil }

type stub struct{}

func (stub) link(int) []byte { return nil }

var stubs map[string]func(offsets int) stub
