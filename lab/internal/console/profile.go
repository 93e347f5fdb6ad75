package console

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/pflag"

	"github.com/locklab/locklab/reports/files"
)

// Profiles holds the flags that ask where a run spends its time and memory.
type Profiles struct{ cpu, memory string } // files; empty: not asked for

// Register adds the flags to a command.
func (p *Profiles) Register(f *pflag.FlagSet) {
	f.StringVar(&p.cpu, "cpuprofile", "", "file for a profile of processor time, for go tool pprof")
	f.StringVar(&p.memory, "memprofile", "", "file for a profile of what was allocated, for go tool pprof")
}

// Check finds what would keep the files from being written, before anything runs.
func (p Profiles) Check() error {
	for _, given := range [][2]string{{"cpuprofile", p.cpu}, {"memprofile", p.memory}} {
		flag, path := given[0], given[1]
		if path == "" {
			continue
		}
		if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
			return fmt.Errorf("--%s is %q, expected a file in a folder that exists", flag, path)
		}
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("--%s is %q, expected a file, but this is none (%s)", flag, path, info.Mode().Type())
		}
	}
	if p.cpu != "" && p.cpu == p.memory {
		return fmt.Errorf("--cpuprofile and --memprofile are both %q, expected two files", p.cpu)
	}
	return nil
}

// Start starts to profile. The function that it returns writes the files, each whole or not at all.
func (p Profiles) Start() (finish func() error, err error) {
	var cpu bytes.Buffer
	if p.cpu != "" {
		if err := pprof.StartCPUProfile(&cpu); err != nil {
			return nil, fmt.Errorf("--cpuprofile: %w", err)
		}
	}
	return func() error {
		var failed []error
		if p.cpu != "" {
			pprof.StopCPUProfile()
			failed = append(failed, files.WriteBytes(p.cpu, cpu.Bytes()))
		}
		if p.memory != "" {
			runtime.GC() // what is still in use is known as of the last one
			failed = append(failed, files.Write(p.memory, func(w io.Writer) error { return pprof.Lookup("allocs").WriteTo(w, 0) }))
		}
		return errors.Join(failed...)
	}, nil
}
