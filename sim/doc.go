// Package sim is the vocabulary shared by both worlds, the lock code and the checkers: Host,
// Signal, Event, History, Fault, Step and World.
//
// There are two implementations of a world. Package sim/virtual simulates hosts in virtual time;
// package sim/live runs real processes in network namespaces. Package sim/check judges the
// history that either of them produces.
//
// All durations are in nanoseconds. "True time" is the time that no clock fault can touch: the
// event queue's clock in the virtual world, the machine's CLOCK_MONOTONIC in the live one. Both
// count from the moment the world started.
package sim
