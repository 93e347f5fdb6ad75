// Package sim is the vocabulary that both worlds, the lock code and the judges share:
// Host, Signal, Event, History, Fault, Step and World.
//
// Two worlds carry it out. Package sim/virtual simulates hosts in virtual time; package
// sim/live runs real processes in network namespaces. Package sim/check reads the
// history that either of them leaves.
//
// Times: every duration is in nanoseconds. "True time" is what no clock fault can
// touch: the event queue's clock in the virtual world, the machine's CLOCK_MONOTONIC in
// the live one. Both count from the moment the world started.
package sim
