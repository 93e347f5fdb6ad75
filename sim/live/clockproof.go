//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/locklab/locklab/sim/live/internal/clock"
	"github.com/locklab/locklab/sim/live/internal/protocol"
)

// askLimit is how long a process or a server may take to report its time.
const askLimit = 2 * time.Second

// provenClocks proves that the host's clocks are shifted as they should be: by inspecting every
// process's memory and, unless the host is stopped, by asking its duties and, if possible, its
// server. It returns the number of processes it found; with none, nothing has been proven.
func (a *Agent) provenClocks() (seen int, err error) {
	if seen, err = a.clocksShifted(); err != nil {
		return seen, err
	}
	a.mu.Lock()
	shift, silent := a.shift, a.stops > 0 || a.down()
	var procs []*Proc
	for _, r := range a.recipes {
		procs = append(procs, r.proc)
	}
	a.mu.Unlock()
	if silent {
		return seen, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), askLimit)
	defer cancel()
	for _, p := range procs {
		if p.talk == nil || p.talk.SaidBye() {
			continue
		}
		r, err := p.talk.AskClocks(ctx)
		switch {
		case errors.Is(err, protocol.ErrEnded):
		case err != nil:
			return seen, fmt.Errorf("%s: %w", p, err)
		case !r.Wall.Include(shift.Wall):
			return seen, fmt.Errorf("%s says that its wall clock is off by %v to %v, expected %v", p, r.Wall[0], r.Wall[1], shift.Wall)
		case !r.Monotonic.Include(shift.Monotonic):
			return seen, fmt.Errorf("%s says that its monotonic clock is off by %v to %v, expected %v", p, r.Monotonic[0], r.Monotonic[1], shift.Monotonic)
		}
	}
	return seen, a.askServer(ctx, shift.Wall)
}

// serverRounds is the allowed granularity of a server's time: some servers cache the time for
// one round of their event loop.
const serverRounds = 20 * time.Millisecond

// askServer asks the host's server for its wall clock and checks the shift.
func (a *Agent) askServer(ctx context.Context, shift time.Duration) error {
	if a.ProveClock == nil {
		return nil
	}
	before := clock.Wall()
	told, err := a.ProveClock(ctx)
	after := clock.Wall()
	if err != nil {
		return fmt.Errorf("ask the server on host %s for its time: %w", a.id, err)
	}
	wall := time.Duration(told.UnixNano())
	if off := (clock.Bounds{wall - after, wall - before + serverRounds}); !off.Include(shift) {
		return fmt.Errorf("the server on host %s says that its wall clock is off by %v to %v, expected %v", a.id, off[0], off[1], shift)
	}
	return nil
}

// seenClocks returns the probe of a fault on the host's clocks. The fault is proven once some
// process was seen with shifted clocks, as long as none is seen without.
func (a *Agent) seenClocks() func() error {
	ever := false
	return func() error {
		seen, err := a.provenClocks()
		ever = ever || seen > 0
		if err == nil && !ever {
			err = fmt.Errorf("no process on host %s has seen its clocks off: none runs there", a.id)
		}
		return err
	}
}
