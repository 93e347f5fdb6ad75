//go:build linux

package live

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// birth relates a process's own monotonic clock, of which Go shows only differences, to the
// machine's. It holds readings of both from one moment, when they were known to be shift apart.
type birth struct {
	own           time.Time
	before, after time.Duration // the machine's clock just before and after own was read
	shift         time.Duration
}

func bear() birth {
	b := birth{before: machineClock(), own: time.Now()}
	b.after = machineClock()
	return b
}

// monotonic returns what this process's monotonic clock showed at the given moment.
func (b birth) monotonic(at time.Time) time.Duration { return b.before + b.shift + at.Sub(b.own) }

// compare reads this process's clocks, and the machine's just before and after.
func (b birth) compare(ask int) *reading {
	before, wallBefore := machineClock(), machineWall()
	now := time.Now()
	after, wallAfter := machineClock(), machineWall()
	wall := time.Duration(now.UnixNano())
	mono := b.monotonic(now)
	return &reading{
		Ask:       ask,
		Wall:      bounds{wall - wallAfter, wall - wallBefore},
		Monotonic: bounds{mono - after, mono + (b.after - b.before) - before},
	}
}

// askLimit is how long a process or a server may take to report its time.
const askLimit = 2 * time.Second

var errNoAnswer = errors.New("it did not tell its clocks in time")

// askClocks asks a role's process how far its clocks are shifted.
func (t *talk) askClocks(ctx context.Context) (reading, error) {
	t.asking.Lock()
	defer t.asking.Unlock()
	t.asked++
	if err := t.tell(order{Do: tellClocks, Ask: t.asked}); err != nil {
		return reading{}, err
	}
	for {
		select {
		case r := <-t.answers:
			if r.Ask == t.asked {
				return r, nil
			}
		case <-t.ended:
			return reading{}, errEnded
		case <-ctx.Done():
			return reading{}, errNoAnswer
		}
	}
}

var errEnded = errors.New("the process has ended")

// provenClocks proves that the host's clocks are shifted as they should be: by inspecting every
// process's memory and, unless the host is stopped, by asking its roles and, if possible, its
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
		if p.talk == nil || closed(p.talk.bye) {
			continue
		}
		r, err := p.talk.askClocks(ctx)
		switch {
		case errors.Is(err, errEnded):
		case err != nil:
			return seen, fmt.Errorf("%s: %w", p, err)
		case !r.Wall.include(shift.Wall):
			return seen, fmt.Errorf("%s says that its wall clock is off by %v to %v, expected %v", p, r.Wall[0], r.Wall[1], shift.Wall)
		case !r.Monotonic.include(shift.Monotonic):
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
	before := machineWall()
	told, err := a.ProveClock(ctx)
	after := machineWall()
	if err != nil {
		return fmt.Errorf("ask the server on host %s for its time: %w", a.id, err)
	}
	wall := time.Duration(told.UnixNano())
	if off := (bounds{wall - after, wall - before + serverRounds}); !off.include(shift) {
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
