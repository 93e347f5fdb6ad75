package check

import (
	"fmt"
	"time"

	"github.com/locklab/locklab/sim"
)

// In the live world an observer watches a lock service from outside, and stamps what it sees
// when it sees it. So its stamps say "no later than this", and nothing says how late they
// are: on a busy machine it waits for its turn. But a client that is told of something shows
// that it had happened by then.

// usualLag is how late an observer's stamps may be where nothing shows how late they are.
const usualLag = 20 * time.Millisecond

// stampLag bounds how late an event of a lock service may be stamped: in the live world
// usualLag, and as much more as a stamp of this history is seen to be late. In the virtual
// world stamps are exact. It reads the whole history.
func stampLag(h *sim.History) time.Duration {
	if h.Header.World != sim.LiveWorld {
		return 0
	}
	return usualLag + latestStamp(h).by
}

// lateness is an event of a lock service that is stamped later than one by which a client
// knew of it.
type lateness struct {
	by         time.Duration // 0: there is none
	told, seen *sim.Event
}

// latestStamp finds the worst of them.
func latestStamp(h *sim.History) (worst lateness) {
	see := func(told, seen *sim.Event) {
		if by := seen.At - told.At; by > worst.by {
			worst = lateness{by, told, seen}
		}
	}
	if h.Header.Inside {
		seeAccount(h, see)
	}
	byTold := map[acquisition]*grant{}
	for _, g := range grantsOf(h).inOrder {
		if g.acquired != nil {
			byTold[acquisition{g.acquired.Host, g.name}] = g
			see(g.acquired, g.granted)
		}
	}
	for i := range h.Events {
		e := &h.Events[i]
		g := byTold[acquisition{e.Host, e.Grant}]
		if e.Kind != sim.Released || g == nil || g.ended == nil || g.ended.Kind != sim.Freed {
			continue
		}
		if by := g.ended.Client; by == "" || by == e.Host { // else somebody else freed it
			see(e, g.ended)
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

// auditLag: the stamps of a live observer are not so late that it has slept through a lease.
func auditLag(h *sim.History) (*sim.Event, error) {
	most := h.Header.TTL
	if worst := latestStamp(h); worst.by > most {
		return worst.seen, fmt.Errorf("event %d (%s) is stamped %v later than event %d (%s), by which %s knew of it; at most %v is to be allowed for: was the machine too slow?",
			worst.seen.Seq, worst.seen.Kind, worst.by, worst.told.Seq, worst.told.Kind, worst.told.Host, most)
	}
	return nil, nil
}
