//go:build linux

// Package pace measures throughout a trial whether the machine keeps up.
//
// Every process of ours has a pulse: it repeatedly sleeps for a short time and checks how much
// later than intended it woke up. So does the harness, which is the switch and carries out the
// steps. Servers are not asked anything, as that would be load; but no server runs on a processor
// that our processes on the same hosts are denied.
package pace

import (
	"sync"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
)

// Period returns how long a pulse sleeps, given the largest acceptable delay. A standstill
// is measured too short by the rest of the sleep that it falls into. So a standstill as long as
// the whole margin, which is twice what can be borne, is never missed, and a shorter one is not
// missed by all processes. Shorter sleeps would cost too much: waking up a Go process takes
// about a tenth of a millisecond, and there may be a hundred processes.
func Period(bearable time.Duration) time.Duration {
	return min(max(bearable, 5*time.Millisecond), time.Second)
}

// Beat is what a pulse reports: from time to time, and at once if it was later than ever before
// or later than the trial can bear.
type Beat struct {
	Late  time.Duration `json:"late"`  // how late it woke up
	Wakes int64         `json:"wakes"` // number of wake-ups since the previous beat
}

// Pulse measures how late a process wakes up.
type Pulse struct {
	period, bearable time.Duration
	tell             func(at time.Duration, b Beat)

	mu    sync.Mutex
	due   time.Duration // when it should wake up, on the machine's clock
	worst time.Duration
	wakes int64
	over  bool
}

// Start starts a pulse. It calls tell from a goroutine of its own.
func Start(bearable time.Duration, tell func(at time.Duration, b Beat)) *Pulse {
	p := &Pulse{period: Period(bearable), bearable: bearable, tell: tell}
	p.due = clock.Now() + p.period
	go p.beat()
	return p
}

func (p *Pulse) beat() {
	for {
		// Sleep by Go's clock, as code under test does. A clock that the script has shifted can
		// only make the pulse wake up early.
		time.Sleep(p.period)
		if p.wake() {
			return
		}
	}
}

// wake measures how late the pulse is. It returns true once the pulse has been stopped.
func (p *Pulse) wake() (over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return true
	}
	p.look()
	p.due = clock.Now() + p.period
	return false
}

// look measures how late the pulse is at this moment, and reports it if it matters. The caller
// holds mu.
func (p *Pulse) look() {
	now := clock.Now()
	late := max(0, now-p.due)
	p.wakes++
	if late > p.worst || late > p.bearable {
		p.worst = max(p.worst, late)
		p.tell(now, Beat{Late: late, Wakes: p.wakes})
		p.wakes = 0
	}
}

// Stop reports for the last time: a pulse that has yet to wake up may be late already.
func (p *Pulse) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	now := clock.Now()
	p.tell(now, Beat{Late: max(0, now-p.due), Wakes: p.wakes})
}
