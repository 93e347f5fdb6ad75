//go:build linux

package live

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/pace"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

// Host is the host that a duty runs on. It implements sim.Host: its processes are goroutines
// that hold one mutex, the monitor, except while they block.
//
// When the duty itself returns, the operating system process ends, and with it all processes
// that the duty has started with Go.
type Host struct {
	id      sim.HostID
	nonce   string
	random  *sim.Random
	monitor sync.Mutex
	own     clock.Own
	pulse   *pace.Pulse // may be nil

	// Set by the start order, before started is closed.
	zero    time.Duration // the world's time zero on the machine's clock
	holds   []sim.Kind
	keeps   []sim.Kind
	base    time.Time     // when the order was read, on this process's clocks
	elapsed time.Duration // time since zero at that moment on the same clocks; negative before zero
	ahead   time.Duration // true time from that moment until zero

	started    chan struct{}
	stopped    chan struct{}
	goOn       chan struct{}
	endsItself atomic.Bool // the duty has called Stopped

	recording sync.Mutex // one event at a time, including the wait at a hold
	sending   sync.Mutex // one line at a time
	reports   *os.File
	mute      bool // bye has been sent
}

var _ sim.Host = (*Host)(nil)

func newHost(o protocol.Order, own clock.Own, reports *os.File) *Host {
	own.Shift = o.Shift
	return &Host{
		id:      o.Host,
		nonce:   o.Nonce,
		own:     own,
		random:  sim.NewRandom(o.Seed, o.Stream),
		started: make(chan struct{}),
		stopped: make(chan struct{}),
		goOn:    make(chan struct{}),
		reports: reports,
	}
}

// start stores what the start order says, including the world's time zero.
func (h *Host) start(o protocol.Order) {
	h.zero, h.holds, h.keeps = o.At, o.Holds, o.Keeps
	h.base = time.Now()
	h.ahead = h.zero - clock.Now()
	h.elapsed = h.own.Monotonic(h.base) - h.zero
	if o.Bears > 0 {
		h.pulse = pace.Start(o.Bears, func(at time.Duration, b pace.Beat) {
			h.send(protocol.Report{Say: protocol.Pulse, At: at, Beat: &b})
		})
	}
	close(h.started)
}

// AwaitStart releases the host until the world starts.
func (h *Host) AwaitStart() {
	h.Outside(func() {
		<-h.started
		time.Sleep(h.ahead - time.Since(h.base))
	})
}

// ID returns the host's name.
func (h *Host) ID() sim.HostID { return h.id }

// Nonce returns the nonce of the trial, or "" if it has none: see sim.Sign.
func (h *Host) Nonce() string { return h.nonce }

// Now returns the time since the world started by this process's own monotonic clock, which a
// clock fault may shift. It is 0 before the start.
func (h *Host) Now() time.Duration {
	if !closed(h.started) {
		return 0
	}
	return max(0, time.Since(h.base)+h.elapsed)
}

// Wall reads this process's wall clock.
func (h *Host) Wall() time.Time { return time.Now().Round(0) } // Round drops the monotonic reading

// Uint64 draws from the host's random stream.
func (h *Host) Uint64() uint64 { return h.random.Uint64() }

// Sleep releases the host for d.
func (h *Host) Sleep(d time.Duration) { h.Outside(func() { time.Sleep(d) }) }

// Outside releases the host while f blocks, for example in a port's call over the network. f
// must not touch what the host's processes share.
func (h *Host) Outside(f func()) {
	h.monitor.Unlock()
	defer h.monitor.Lock()
	f()
}

// Go starts another process on this host. A panic in it ends the operating system process, and
// the trial with it.
func (h *Host) Go(_ string, f func(sim.Host)) {
	go func() {
		h.monitor.Lock()
		defer h.monitor.Unlock()
		f(h)
	}()
}

// NewSignal returns a signal for processes of this host.
func (h *Host) NewSignal() sim.Signal { return &latch{host: h, fired: make(chan struct{})} }

type latch struct {
	host  *Host
	once  sync.Once
	fired chan struct{}
}

// Fire wakes all waiting processes. Code that does not hold the host may call it as well.
func (s *latch) Fire() { s.once.Do(func() { close(s.fired) }) }

// Wait releases the host until the signal fires or timeout has passed.
func (s *latch) Wait(timeout time.Duration) bool {
	if closed(s.fired) || timeout <= 0 {
		return closed(s.fired)
	}
	s.host.Outside(func() {
		if timeout == sim.Forever {
			<-s.fired
			return
		}
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case <-s.fired:
		case <-timer.C:
		}
	})
	return closed(s.fired)
}

// closed reports whether a channel that carries no values has been closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
