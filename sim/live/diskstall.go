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

// A disk that stalls. Programs on hosts of a lab that is to have such disks are started under a
// seccomp filter that asks the harness about each call which waits for a disk. Normally the
// answer comes at once, and the kernel goes on with the call. While the disk of the host
// stalls, it comes when that is over. So a program gets to see what it does with a disk that
// is stuck: the thread that syncs waits, and all others go on.
//
// A thread that waits like this can be stopped and killed like any other.

// diskGate lets what is synced on one host through, or keeps it.
type diskGate struct {
	mu       sync.Mutex
	stalls   int // in effect
	programs int // how many have been started under the filter
	held     []heldSync
	broken   error // what nobody could be told
}

// heldSync is a call that waits for an answer.
type heldSync struct {
	listener int
	id       uint64
}

// answerLimit is how long a call of the harness's own may take to be kept, and to be done
// when that is over: it takes less than a millisecond.
const answerLimit = 2 * time.Second

var errNoGate = errors.New("no program was started on it of which a sync can be kept")

// admit puts the thread it is called on, and all that it starts, under the filter. The thread
// has given up new privileges, and is of no use for anything else after that.
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

// listen takes in calls until no process is left that could make one.
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
			// Better that every sync of the program fails, and the trial with it, than that it
			// waits for ever: that is what the kernel makes of calls nobody will answer.
			unix.Close(listener)
			return
		}
	}
}

// stall keeps everything that is synced from now on.
func (g *diskGate) stall() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stalls++
}

// goOn takes one stall back. After the last one everything goes on that has been kept.
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

// keeps looks whether a call of this listener's is being kept: nil says so.
func (g *diskGate) keeps(listener int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.ContainsFunc(g.held, func(h heldSync) bool { return h.listener == listener }) {
		return errors.Join(errors.New("what is synced is not being kept"), g.broken)
	}
	return nil
}

// trial is a sync of the harness's own, by which a stall is proven: it goes the same way as
// those of the host's programs.
type trialSync struct {
	listener int
	done     chan error
}

// try begins a sync of a file in memory, on a thread of its own.
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

// diskFault stalls the disk of a host. It is in effect as soon as a sync is seen to be kept.
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

// DiskStall says why the disks of this machine's programs cannot be stalled; nil: they can. It
// finds out by doing it, once, to a thread of its own.
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

// auditArch is what the kernel calls this processor; 0: nobody has said.
func auditArch() uint32 {
	switch runtime.GOARCH {
	case "amd64":
		return unix.AUDIT_ARCH_X86_64
	case "arm64":
		return unix.AUDIT_ARCH_AARCH64
	}
	return 0
}
