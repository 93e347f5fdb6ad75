// Package live is the live world: real processes, real signals, real time. Each host is a
// network namespace with an address of its own; lock services, clients and the ledger are
// operating system processes in it.
//
// # One process tree that cannot leak
//
// A program that wants a live world calls, in this order:
//
//	if ran, status := live.DutyMain(duties); ran { // am I a client, a ledger, an observer?
//		os.Exit(status)
//	}
//	if !namespaces.Inside() { // am I the outer process? Run me again, inside
//		status, err := namespaces.Enter()
//		…
//		os.Exit(status)
//	}
//	err := namespaces.Prepare() // I am the inner one: the harness
//
// namespaces.Enter runs the same program in new network, mount and pid namespaces (and in a new user
// namespace for an ordinary user). The harness is pid 1 there, so the kernel kills every server
// and client when it ends, however it ends; and the harness dies with the outer process. The
// machine outside sees no bridge, no address, no mount.
//
// # A trial
//
// A Lab is the network of one trial. Its hosts start programs (Agent.Start) and duties
// (Agent.StartDuty: this same binary with another job, see Duty). A World runs the trial: it
// starts all duties at the same instant, collects their events, and lets a sim.Director carry out
// the steps. Events are stamped with the machine's CLOCK_MONOTONIC, read by the raw system call.
// This is true time, which clock faults of processes cannot reach.
//
// This package needs Linux. Elsewhere it is empty.
package live
