package trace

import (
	"time"

	"github.com/locklab/locklab/sim"
)

// In the live world an observer watches a lock service from outside, and stamps events when it
// sees them. So its stamps mean "no later than this", and nothing says how late they are: on a
// busy machine the observer waits for its turn. But when a client has been told of something, it
// must have happened before.

// UsualLag is how late an observer's stamps may be if nothing shows how late they are.
const UsualLag = 20 * time.Millisecond

// Lag bounds how late an event of a lock service may be stamped. In the live world that is 20 ms
// plus the largest delay seen in this history's stamps. In the virtual world stamps are exact.
func (t *Trace) Lag() time.Duration {
	if t.History.Header.World != sim.LiveWorld {
		return 0
	}
	return UsualLag + t.Latest.By
}

// Lateness is an event of a lock service that is stamped later than an event by which a client
// knew of it.
type Lateness struct {
	By         time.Duration // 0 means that there is none
	Told, Seen *sim.Event
}

// latestStamp finds the greatest lateness.
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
		if by := g.Ended.Client; by == "" || by == e.Host { // otherwise somebody else freed it
			see(e, g.Ended)
		}
	}
	return worst
}

// seeAccount calls see for what clients were told about an account that the lock service keeps,
// each time together with what an observer saw of it.
func seeAccount(h *sim.History, see func(told, seen *sim.Event)) {
	told := map[string]*sim.Event{}
	for i := range h.Events {
		switch e := &h.Events[i]; e.Kind {
		case sim.Wrote, sim.WriteRefused:
			told[e.Op] = e
		case sim.LedgerWrite, sim.LedgerWriteRefused: // if stamped before the client was told, it is not late
			if before := told[e.Op]; before != nil {
				see(before, e)
			}
		}
	}
}
