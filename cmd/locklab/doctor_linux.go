package main

import "github.com/locklab/locklab/sim/live"

// liveFindings tries what the live world is made of.
func liveFindings() []finding {
	return []finding{
		{what: "namespaces", err: live.Available(), note: "private network, mount and pid namespaces"},
		{what: "pause", err: live.Available(), note: "SIGSTOP and SIGCONT, proven by the state of every thread"},
		{what: "clock faults", err: live.ClockPatch(), note: "the clock of one process can be shifted here (no built-in scenario does so yet)"},
	}
}
