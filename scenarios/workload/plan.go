// Package workload is what clients do while a trial lasts, the same code in both worlds: they take the
// lock, work and write, do a job once, or add elements to a set, each according to its discipline.
package workload

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Kind says what clients do while they hold the lock.
type Kind string

// The workloads.
const (
	// Withdraw reads the balance, works, and writes the balance. It is a read and a write because
	// that is what loses updates.
	Withdraw Kind = "withdraw"
	// ChargeOnce checks whether a job is done, works, charges the account for it, and marks it as
	// done. Every client may pick up every job; two charges for one job are the damage.
	ChargeOnce Kind = "charge-once"
	// Add adds an element to a set that the lock service keeps. No lock is taken; the verdict is
	// about how the service replicates and keeps what it has acknowledged.
	Add Kind = "add"
)

// Discipline is how a client treats what it knows about its lock.
type Discipline string

// The disciplines. A lock may be blamed only for what an attentive client suffers.
const (
	// Attentive clients stop when they are told that the lock is lost, and look at their deadline
	// right before each write.
	Attentive Discipline = "attentive"
	// Heedless clients look at nothing once they have the lock.
	Heedless Discipline = "heedless"
	// Late clients are told, or could see that their deadline has passed, and work on for a while.
	Late Discipline = "late"
)

// Plan is the workload of one client under the trial's lease. All times are nanoseconds of the
// client's own monotonic clock.
type Plan struct {
	Kind  Kind          `json:"kind"`  // what to do, under the lock or without
	Times int           `json:"times"` // withdrawals, jobs or elements, one after the other
	Start time.Duration `json:"start"` // when the first begins
	Every time.Duration `json:"every"` // from the start of one to the start of the next; 0: no break
	Think time.Duration `json:"think"` // work between the read and the write, or before an element
	// ThinkAtLeast is set where the work is drawn anew for each withdrawal or job, uniformly from
	// ThinkAtLeast to Think. Seed is the seed of the draw.
	ThinkAtLeast *time.Duration `json:"thinkAtLeast,omitempty"`
	Seed         uint64         `json:"seed,omitempty"`
	Wait         time.Duration  `json:"wait"`   // how long one acquire may wait for the lock
	Answer       time.Duration  `json:"answer"` // how long to wait for the account's answer
	// Discipline is how the client treats what it knows of its lock.
	Discipline Discipline    `json:"discipline"`
	Late       time.Duration `json:"late"` // for a late client: how long it works on
}

// WorkOn returns how long the client works on one withdrawal or attempt at a job. If that length is
// drawn, note records it.
func (p Plan) WorkOn(op string) (long time.Duration, note string) {
	if p.ThinkAtLeast == nil {
		return p.Think, ""
	}
	long = sim.DrawLength(p.Seed, "work of "+op, *p.ThinkAtLeast, p.Think)
	return long, "drawn: works for " + long.String()
}
