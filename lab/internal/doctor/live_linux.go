package doctor

import (
	"github.com/locklab/locklab/sim/live/confine"
	"github.com/locklab/locklab/sim/live/namespaces"
	"github.com/locklab/locklab/sim/live/vdso"
)

// liveFindings tries everything that the live world needs.
func liveFindings() []finding {
	return []finding{
		{what: "namespaces", err: namespaces.Available(), note: "private network, mount and pid namespaces"},
		{what: "pause", err: namespaces.Available(), note: "SIGSTOP and SIGCONT, proven by the state of every thread"},
		{what: "crash", err: namespaces.Available(), note: "SIGKILL, and a restart in the same directory"},
		{what: "clock steps", err: vdso.Patchable(), note: "the clocks of one process can be shifted, through its own vDSO pages"},
		{what: "suspend", err: vdso.Patchable(), note: "SIGSTOP, and the monotonic clock resumes where it stopped"},
		{what: "stalled disks", err: confine.DiskStall(), note: "calls that sync wait for the harness, through a seccomp filter"},
		{what: "own user", err: confine.OwnUser(), note: confine.ProgramUser()},
		{what: "own files", err: confine.OwnFiles(), note: "servers see the system's folders, their own program and their scratch folder (Landlock)"},
	}
}
