package virtual

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// Epoch is what every wall clock shows when the world starts, unless it has been stepped.
var Epoch = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// Host is a simulated machine. It implements sim.Host.
type Host struct {
	id      sim.HostID
	world   *World
	index   int // in world.hosts
	random  *sim.Random
	mono    hostClock
	wall    hostClock
	paused  int           // number of pauses in effect
	backlog []*timer      // what came due during a pause, in order
	resumed time.Duration // true time at which its last pause ended; 0 means it was never paused
	stalled []*timer      // timers on a clock that is stopped
	handle  func(from sim.HostID, request any, call *Call)
	receive func(from sim.HostID, message any)
	idle    [][]*conn // by server's index: idle connections
	posts   []*pipe   // by receiver's index: the connection for messages that expect no reply
	boot    func()    // what the host does when it is switched on; nil means nothing
	disk    Disk
	down    bool // crashed and not restarted
	crashes int  // number of crash faults in effect
	life    int  // number of crashes so far; what belongs to an earlier life is void
}

// ID returns the host's name.
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

// Record adds an event to the history and shows it to the director. If a step pauses this very
// host, the process stops right here until the pause ends. If a step crashes it, the process
// ends here, and so does a handler that runs outside any process.
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

// pause stops the host's processes. Its clocks keep running, and whatever comes due is kept for
// resume.
func (h *Host) pause() { h.paused++ }

// resume lets the host handle, in order, everything that came due during the pause.
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
		h.world.enqueue(t, h.world.now)
	}
}

// Resumed reports whether the host resumes from a pause at this very moment. Everything that
// came due or arrived during the pause is then available at once, and a real system's scheduler
// would decide what comes first.
func (h *Host) Resumed() bool { return h.resumed > 0 && h.resumed == h.world.now }

// whenRunning calls f now or, if the host is paused, when the pause ends.
func (h *Host) whenRunning(f func()) {
	if h.paused == 0 {
		f()
		return
	}
	h.backlog = append(h.backlog, &timer{place: waiting, host: h, run: f})
}
