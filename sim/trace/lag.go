package trace

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// In the live world an observer watches a lock service from outside, and stamps what it sees
// when it sees it. So its stamps say "no later than this", and nothing says how late they
// are: on a busy machine it waits for its turn. But a client that is told of something shows
// that it had happened by then.

// UsualLag is how late an observer's stamps may be where nothing shows how late they are.
const UsualLag = 20 * time.Millisecond

// Lag bounds how late an event of a lock service may be stamped: in the live world 20 ms, and
// as much more as a stamp of this history is seen to be late. In the virtual world stamps are
// exact.
func (t *Trace) Lag() time.Duration {
	if t.History.Header.World != sim.LiveWorld {
		return 0
	}
	return UsualLag + t.Latest.By
}

// Lateness is an event of a lock service that is stamped later than one by which a client
// knew of it.
type Lateness struct {
	By         time.Duration // 0: there is none
	Told, Seen *sim.Event
}

// latestStamp finds the worst of them.
func (t *Trace) latestStamp() (worst Lateness) {
	see := func(told, seen *sim.Event) {
		if by := seen.At - told.At; by > worst.By {
			worst = Lateness{by, told, seen}
		}
	}
	if t.History.Header.Inside {
		seeAccount(t.History, see)
	}
	byTold := map[Acquisition]*Grant{}
	for _, g := range t.Grants {
		if g.Acquired != nil {
			byTold[Acquisition{g.Acquired.Host, g.Name}] = g
			see(g.Acquired, g.Granted)
		}
	}
	for i := range t.History.Events {
		e := &t.History.Events[i]
		if e.Kind != sim.Released {
			continue
		}
		g := byTold[AcquisitionOf(e)]
		if g == nil || g.Ended == nil || g.Ended.Kind != sim.Freed {
			continue
		}
		if by := g.Ended.Client; by == "" || by == e.Host { // else somebody else freed it
			see(e, g.Ended)
		}
	}
	return worst
}

// seeAccount shows see what clients were told of an account that the lock service keeps, each
// time with what an observer saw of it.
func seeAccount(h *sim.History, see func(told, seen *sim.Event)) {
	told := map[string]*sim.Event{}
	for i := range h.Events {
		switch e := &h.Events[i]; e.Kind {
		case sim.Wrote, sim.WriteRefused:
			told[e.Op] = e
		case sim.LedgerWrite, sim.LedgerWriteRefused: // stamped before what was told: not late
			if before := told[e.Op]; before != nil {
				see(before, e)
			}
		}
	}
}
