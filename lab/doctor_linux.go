package lab

import "github.com/locklab/locklab/sim/live"

// liveFindings tries everything that the live world needs.
func liveFindings() []finding {
	return []finding{
		{what: "namespaces", err: live.Available(), note: "private network, mount and pid namespaces"},
		{what: "pause", err: live.Available(), note: "SIGSTOP and SIGCONT, proven by the state of every thread"},
		{what: "crash", err: live.Available(), note: "SIGKILL, and a restart in the same directory"},
		{what: "clock steps", err: live.ClockPatch(), note: "the clocks of one process can be shifted, through its own vDSO pages"},
		{what: "suspend", err: live.ClockPatch(), note: "SIGSTOP, and the monotonic clock resumes where it stopped"},
		{what: "stalled disks", err: live.DiskStall(), note: "calls that sync wait for the harness, through a seccomp filter"},
		{what: "own user", err: live.OwnUser(), note: live.ProgramUser()},
		{what: "own files", err: live.OwnFiles(), note: "servers see the system's folders, their own program and their scratch folder (Landlock)"},
	}
}
