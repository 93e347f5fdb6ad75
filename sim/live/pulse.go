//go:build linux

package live

import (
	"sync"
	"time"
)

// Whether the machine keeps up with a trial is measured all through it. Every process of
// ours has a pulse: it sleeps for a short time, again and again, and looks how much later
// than it wanted it woke up. So has the harness, which is the switch and carries out the
// steps. Nothing is asked of servers, which would be load; but nothing of theirs runs on a
// processor that our processes on the same hosts do not get.

// pulsePeriod is how long a pulse sleeps, where somebody may be so late at most. A standstill
// is seen as shorter than it is by the rest of the sleep into which it falls: so one of the
// whole margin, which is twice what can be borne, is never missed, and a shorter one is not
// missed by all processes. More often would cost too much: a process of Go that wakes up
// takes about a tenth of a millisecond, and there may be a hundred.
func pulsePeriod(bearable time.Duration) time.Duration {
	return min(max(bearable, 5*time.Millisecond), time.Second)
}

// beat is what a pulse reports: now and then, and at once when it was later than ever
// before, or later than the trial can bear.
type beat struct {
	Late  time.Duration `json:"late"`  // how late it woke up
	Wakes int64         `json:"wakes"` // how often it did, since the beat before
}

// pulse is the state of one.
type pulse struct {
	period, bearable time.Duration
	tell             func(at time.Duration, b beat)

	mu    sync.Mutex
	due   time.Duration // when it is to wake up, on the machine's clock
	worst time.Duration
	wakes int64
	over  bool
}

// startPulse starts a pulse. It calls tell from a goroutine of its own.
func startPulse(bearable time.Duration, tell func(at time.Duration, b beat)) *pulse {
	p := &pulse{period: pulsePeriod(bearable), bearable: bearable, tell: tell}
	p.due = machineClock() + p.period
	go p.beat()
	return p
}

func (p *pulse) beat() {
	for {
		// By Go's clock, as code under test sleeps. A clock that the script has turned can
		// only have it wake up early.
		time.Sleep(p.period)
		if p.wake() {
			return
		}
	}
}

// wake looks how late it is; true: nobody wants to know any more.
func (p *pulse) wake() (over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return true
	}
	p.look()
	p.due = machineClock() + p.period
	return false
}

// look reports how late it is at this moment, if it is worth it. The caller holds mu.
func (p *pulse) look() {
	now := machineClock()
	late := max(0, now-p.due)
	p.wakes++
	if late > p.worst || late > p.bearable {
		p.worst = max(p.worst, late)
		p.tell(now, beat{Late: late, Wakes: p.wakes})
		p.wakes = 0
	}
}

// stop reports for the last time: a pulse that has yet to wake up may be late already.
func (p *pulse) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	now := machineClock()
	p.tell(now, beat{Late: max(0, now-p.due), Wakes: p.wakes})
}
