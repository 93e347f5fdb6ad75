//go:build linux

package confine

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/live/internal/clock"
	"golang.org/x/sys/unix"
)

// DiskGate passes the syncs of one host, or holds them. Programs of a host with a gate are started
// under a seccomp filter that asks the harness about each call that waits for a disk. Normally the
// answer comes at once, and the kernel proceeds with the call. While the disk of the host is
// stalled, the answer comes when the stall is over. To the program this looks like a disk that is
// stuck: the thread that syncs waits, and all others continue.
//
// A thread that waits like this can be stopped and killed like any other.
type DiskGate struct {
	host sim.HostID

	mu       sync.Mutex
	stalls   int // in effect
	programs int // number of programs started under the filter
	held     []heldSync
	broken   error // errors that nobody could be told about
}

// NewDiskGate returns the gate of a host's disk.
func NewDiskGate(host sim.HostID) *DiskGate { return &DiskGate{host: host} }

// heldSync is a call that waits for an answer.
type heldSync struct {
	listener int
	id       uint64
}

// answerLimit bounds how long it may take until a sync of the harness's own is held, and until
// it is done after the stall. Each takes less than a millisecond.
const answerLimit = 2 * time.Second

var errNoGate = errors.New("no program was started on it of which a sync can be kept")

// admit puts the calling thread, and everything it starts, under the filter. The thread must
// have given up new privileges, and cannot be used for anything else afterwards.
func (g *DiskGate) admit() (listener int, err error) {
	listener, err = listenForSyncs()
	if err != nil {
		return 0, err
	}
	go g.listen(listener)
	return listener, nil
}

// admitProgram is admit for a thread that is about to start a program.
func (g *DiskGate) admitProgram() error {
	if _, err := g.admit(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.programs++
	return nil
}

// listen receives calls until no process is left that could make one.
func (g *DiskGate) listen(listener int) {
	for {
		id, err := nextSync(listener)
		g.mu.Lock()
		switch {
		case err == errNobodyLeft:
			g.held = slices.DeleteFunc(g.held, func(h heldSync) bool { return h.listener == listener })
			unix.Close(listener)
			g.mu.Unlock()
			return
		case err != nil:
			g.broken = errors.Join(g.broken, err)
		case g.stalls > 0:
			g.held = append(g.held, heldSync{listener, id})
		default:
			g.broken = errors.Join(g.broken, letThrough(listener, id))
		}
		stuck := g.broken
		g.mu.Unlock()
		if stuck != nil {
			// Closing the listener makes every sync of the program fail, and the trial with it.
			// That is better than waiting forever: the kernel fails calls that nobody can
			// answer.
			unix.Close(listener)
			return
		}
	}
}

// hold holds all syncs from now on.
func (g *DiskGate) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stalls++
}

// goOn ends one stall. After the last one all held syncs proceed.
func (g *DiskGate) goOn() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stalls--; g.stalls > 0 {
		return nil
	}
	for _, h := range g.held {
		g.broken = errors.Join(g.broken, letThrough(h.listener, h.id))
	}
	g.held = nil
	return g.broken
}

// keeps returns nil if a call from this listener is being held.
func (g *DiskGate) keeps(listener int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.ContainsFunc(g.held, func(h heldSync) bool { return h.listener == listener }) {
		return errors.Join(errors.New("what is synced is not being kept"), g.broken)
	}
	return nil
}

// trialSync is a sync by the harness itself that proves a stall. It takes the same path as those
// of the host's programs.
type trialSync struct {
	listener int
	done     chan error
}

// try starts a sync of a file in memory, on a thread of its own.
func (g *DiskGate) try() (trialSync, error) {
	t := trialSync{done: make(chan error, 1)}
	ready := make(chan error, 1)
	go apart(func() error {
		err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
		file := -1
		if err == nil {
			file, err = unix.MemfdCreate("sync", unix.MFD_CLOEXEC)
		}
		if err == nil {
			defer unix.Close(file)
			t.listener, err = g.admit()
		}
		ready <- err
		if err == nil {
			t.done <- unix.Fsync(file)
		}
		return nil
	})
	err := <-ready
	return t, err
}

// over waits until the sync is done.
func (t trialSync) over() error {
	select {
	case err := <-t.done:
		return err
	case <-time.After(answerLimit):
		return fmt.Errorf("a sync was not done %v after the disk went on", answerLimit)
	}
}

// Stall is a stall of a host's disk that is in effect.
type Stall struct {
	At    time.Duration // since when it is, on the machine's clock
	gate  *DiskGate
	trial trialSync
}

// Stall stalls the disk. It returns once a sync is seen to be held.
func (g *DiskGate) Stall() (*Stall, error) {
	g.mu.Lock()
	programs := g.programs
	g.mu.Unlock()
	if programs == 0 {
		return nil, fmt.Errorf("stall the disk of host %s: %w", g.host, errNoGate)
	}
	g.hold()
	at := clock.Now()
	t, err := g.try()
	if err == nil {
		err = clock.Poll(answerLimit, func() error { return g.keeps(t.listener) })
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("stall the disk of host %s: %w", g.host, err), g.goOn())
	}
	return &Stall{At: at, gate: g, trial: t}, nil
}

// Probe returns nil if the disk is stalled.
func (s *Stall) Probe() error {
	if len(s.trial.done) > 0 {
		return fmt.Errorf("the disk of host %s syncs what it is given", s.gate.host)
	}
	return s.gate.keeps(s.trial.listener)
}

// Undo ends the stall, and returns until when it was in effect. If it was the last one, Undo waits
// until what was synced meanwhile is done.
func (s *Stall) Undo() (at time.Duration, err error) {
	g := s.gate
	at = clock.Now()
	if err := g.goOn(); err != nil {
		return at, fmt.Errorf("let the disk of host %s go on: %w", g.host, err)
	}
	g.mu.Lock()
	still := g.stalls > 0
	g.mu.Unlock()
	if still {
		return at, nil
	}
	return at, s.trial.over()
}

// DiskStall says why the disks of programs on this machine cannot be stalled; nil means that
// they can. It tries it once, on a thread of its own.
var DiskStall = sync.OnceValue(func() error {
	g := NewDiskGate("probe")
	g.programs = 1
	s, err := g.Stall()
	if err != nil {
		return fmt.Errorf("this machine cannot stall a disk: %w", err)
	}
	if _, err := s.Undo(); err != nil {
		return fmt.Errorf("this machine cannot stall a disk: %w", err)
	}
	return nil
})
