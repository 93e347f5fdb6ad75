//go:build linux

package live

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/locklab/locklab/sim"
	"golang.org/x/sys/unix"
)

// Stalling a disk. In a lab with DiskStalls, programs are started under a seccomp filter that
// asks the harness about each call that waits for a disk. Normally the answer comes at once, and
// the kernel proceeds with the call. While the disk of the host is stalled, the answer comes
// when the stall is over. To the program this looks like a disk that is stuck: the thread that
// syncs waits, and all others continue.
//
// A thread that waits like this can be stopped and killed like any other.

// diskGate passes the syncs of one host, or holds them.
type diskGate struct {
	mu       sync.Mutex
	stalls   int // in effect
	programs int // number of programs started under the filter
	held     []heldSync
	broken   error // errors that nobody could be told about
}

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
func (g *diskGate) admit() (listener int, err error) {
	listener, err = listenForSyncs()
	if err != nil {
		return 0, err
	}
	go g.listen(listener)
	return listener, nil
}

// admitProgram is admit for a thread that is about to start a program.
func (g *diskGate) admitProgram() error {
	if _, err := g.admit(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.programs++
	return nil
}

// listen receives calls until no process is left that could make one.
func (g *diskGate) listen(listener int) {
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

// stall holds all syncs from now on.
func (g *diskGate) stall() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stalls++
}

// goOn ends one stall. After the last one all held syncs proceed.
func (g *diskGate) goOn() error {
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
func (g *diskGate) keeps(listener int) error {
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
func (g *diskGate) try() (trialSync, error) {
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

// diskFault stalls the disk of a host. The fault is in effect once a sync is seen to be held.
func diskFault(a *Agent) (effect, error) {
	g := &a.disk
	g.mu.Lock()
	programs := g.programs
	g.mu.Unlock()
	if programs == 0 {
		return effect{}, fmt.Errorf("stall the disk of host %s: %w", a.id, errNoGate)
	}
	g.stall()
	at := machineClock()
	t, err := g.try()
	if err == nil {
		err = poll(answerLimit, func() error { return g.keeps(t.listener) })
	}
	if err != nil {
		return effect{}, errors.Join(fmt.Errorf("stall the disk of host %s: %w", a.id, err), g.goOn())
	}
	return effect{
		at: at,
		probe: func() error {
			if len(t.done) > 0 {
				return fmt.Errorf("the disk of host %s syncs what it is given", a.id)
			}
			return g.keeps(t.listener)
		},
		undo: func() (time.Duration, error) {
			at := machineClock()
			if err := g.goOn(); err != nil {
				return at, fmt.Errorf("let the disk of host %s go on: %w", a.id, err)
			}
			g.mu.Lock()
			still := g.stalls > 0
			g.mu.Unlock()
			if still {
				return at, nil
			}
			return at, t.over()
		},
	}, nil
}

// DiskStall says why the disks of programs on this machine cannot be stalled; nil means that
// they can. It tries it once, on a thread of its own.
var DiskStall = sync.OnceValue(func() error {
	a := &Agent{id: sim.HostID("probe")}
	a.disk.programs = 1
	e, err := diskFault(a)
	if err != nil {
		return fmt.Errorf("this machine cannot stall a disk: %w", err)
	}
	if _, err := e.undo(); err != nil {
		return fmt.Errorf("this machine cannot stall a disk: %w", err)
	}
	return nil
})

// auditArch returns the kernel's number for this processor architecture, or 0 if it is not
// known.
func auditArch() uint32 {
	switch runtime.GOARCH {
	case "amd64":
		return unix.AUDIT_ARCH_X86_64
	case "arm64":
		return unix.AUDIT_ARCH_AARCH64
	}
	return 0
}
