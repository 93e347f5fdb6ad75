package virtual

import (
	"cmp"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
)

// Epoch is what every wall clock shows when the world starts, as long as nobody has
// stepped it.
var Epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// Host is a simulated machine. It implements sim.Host.
type Host struct {
	id      sim.HostID
	world   *World
	index   int // in world.hosts
	random  *sim.Random
	mono    sim.Clock
	wall    sim.Clock
	paused  int      // how many pauses are in effect
	backlog []*timer // what has come due while paused, in order
	stalled []*timer // what waits on the monotonic clock while that stands still
	handle  func(from sim.HostID, request any, reply func(any))
	receive func(from sim.HostID, message any)
	idle    [][]*conn // by server's index: connections that wait for use
	posts   []*pipe   // by receiver's index: the way of messages that want no reply
	boot    func()    // what the host does when it is switched on; nil: nothing
	disk    Disk
	down    bool // crashed and not restarted
	life    int  // how often it has crashed: what belongs to an earlier life is void
}

// ID is the host's name.
func (h *Host) ID() sim.HostID { return h.id }

// Now reads the host's monotonic clock.
func (h *Host) Now() time.Duration { return h.mono.At(h.world.now) }

// Wall reads the host's wall clock.
func (h *Host) Wall() time.Time { return Epoch.Add(h.wall.At(h.world.now)) }

// Uint64 draws from the host's own stream.
func (h *Host) Uint64() uint64 { return h.random.Uint64() }

// Sleep blocks the running process for d on the host's monotonic clock.
func (h *Host) Sleep(d time.Duration) {
	p := h.current("Sleep")
	h.world.scheduleLocal(&p.timer, addCapped(h.Now(), d))
	p.park()
}

// Record puts an event into the history and shows it to the director. If a step pauses
// this very host, the process stops right here until the pause is over; if a step crashes
// it, the process ends here.
func (h *Host) Record(e sim.Event) {
	e.Host = h.id
	life := h.life
	h.world.record(e)
	h.world.observe(e)
	p := h.world.running
	if p == nil || p.host != h {
		return
	}
	if h.life != life {
		panic(errKilled)
	}
	if h.paused > 0 {
		h.backlog = append(h.backlog, &p.timer)
		p.timer.place = waiting
		p.park()
	}
}

// pause stops the host's processes; its clocks go on, and what comes due is kept.
func (h *Host) pause() { h.paused++ }

// resume lets the host handle, in order, all that came due while it was paused.
func (h *Host) resume() {
	h.paused--
	if h.paused > 0 {
		return
	}
	backlog := h.backlog
	h.backlog = nil
	for _, t := range backlog {
		t.place = nowhere
		h.world.queue.push(int64(h.world.now), t)
	}
}

// whenRunning does something now, or when the host is no longer paused.
func (h *Host) whenRunning(f func()) {
	if h.paused == 0 {
		f()
		return
	}
	h.backlog = append(h.backlog, &timer{place: waiting, host: h, run: f})
}

// StepMonotonic moves the monotonic clock by d. Whoever waits on that clock wakes when
// the clock, as it then runs, shows the time waited for.
func (h *Host) StepMonotonic(d time.Duration) {
	h.mono.Step(h.world.now, d)
	h.rearm()
}

// SetMonotonicRate makes the monotonic clock run at rate billionths of true time; 0
// stops it, as a suspended machine does.
func (h *Host) SetMonotonicRate(rate int64) {
	h.mono.SetRate(h.world.now, rate)
	h.rearm()
}

// StepWall moves the wall clock by d. Nothing that waits is moved: timers count on the
// monotonic clock.
func (h *Host) StepWall(d time.Duration) { h.wall.Step(h.world.now, d) }

// SetWallRate makes the wall clock run at rate billionths of true time.
func (h *Host) SetWallRate(rate int64) { h.wall.SetRate(h.world.now, rate) }

// rearm moves all that waits on the host's monotonic clock to its new true time, and
// keeps the order of what stays at one instant.
func (h *Host) rearm() {
	var mine []entry
	for _, e := range h.world.queue.entries {
		if e.timer.host == h && e.timer.local {
			mine = append(mine, e)
		}
	}
	slices.SortFunc(mine, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.order, b.order))
	})
	for _, t := range h.stalled {
		mine = append(mine, entry{timer: t})
	}
	for _, e := range mine {
		h.world.scheduleLocal(e.timer, e.timer.due)
	}
}
