package virtual

import (
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
	mono    hostClock
	wall    hostClock
	paused  int           // how many pauses are in effect
	backlog []*timer      // what has come due while paused, in order
	resumed time.Duration // when, by true time, it last went on after a pause; 0: it was never paused
	stalled []*timer      // what waits on a clock while that stands still
	handle  func(from sim.HostID, request any, reply func(any))
	receive func(from sim.HostID, message any)
	idle    [][]*conn // by server's index: connections that wait for use
	posts   []*pipe   // by receiver's index: the way of messages that want no reply
	boot    func()    // what the host does when it is switched on; nil: nothing
	disk    Disk
	down    bool // crashed and not restarted
	crashes int  // how many crash faults are in effect
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
	h.world.scheduleLocal(&p.timer, sim.AddCapped(h.Now(), d))
	p.park()
}

// Record puts an event into the history and shows it to the director. If a step pauses
// this very host, the process stops right here until the pause is over; if a step crashes
// it, the process ends here, and so does a handler that runs outside any process.
func (h *Host) Record(e sim.Event) {
	e.Host = h.id
	life := h.life
	h.world.record(e)
	h.world.observe(e)
	p := h.world.running
	if h.life != life && (p == nil || p.host == h) {
		panic(errKilled)
	}
	if p == nil || p.host != h {
		return
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
	h.resumed = h.world.now
	backlog := h.backlog
	h.backlog = nil
	for _, t := range backlog {
		t.place = nowhere
		h.world.queue.push(int64(h.world.now), t)
	}
}

// Resumed tells whether the host goes on after a pause at this very moment: all that has come due
// and has arrived meanwhile is there at once, and a real system's scheduler decides what comes first.
func (h *Host) Resumed() bool { return h.resumed > 0 && h.resumed == h.world.now }

// whenRunning does something now, or when the host is no longer paused.
func (h *Host) whenRunning(f func()) {
	if h.paused == 0 {
		f()
		return
	}
	h.backlog = append(h.backlog, &timer{place: waiting, host: h, run: f})
}
