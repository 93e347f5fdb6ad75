package check

import (
	"fmt"
	"strconv"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// told describes operations for readers who have never seen their names: what a history calls
// "client-1/2" is "its 2nd withdrawal" once client-1 has been named. If no client makes more
// than one withdrawal, there is nothing to tell apart.
type told struct{ several bool }

func tell(h *sim.History) told {
	for i := range h.Events {
		if e := &h.Events[i]; e.Op != "" && trace.NumberOf(e.Op) > 1 {
			return told{several: true}
		}
	}
	return told{}
}

// forWhich says which withdrawal or job a client's read or write is for, as a suffix: " for its
// 2nd withdrawal", " for job-1", or nothing.
func (t told) forWhich(e *sim.Event) string {
	n := trace.NumberOf(e.Op)
	switch {
	case e.Job != "":
		return " for " + e.Job
	case t.several && n > 0:
		return fmt.Sprintf(" for its %s withdrawal", trace.Ordinal(n))
	}
	return ""
}

// wrote describes a write: "90", "80 for its 2nd withdrawal".
func (t told) wrote(e *sim.Event) string {
	return strconv.FormatInt(e.Balance, 10) + t.forWhich(e)
}

// writer names the client that an event of the ledger is about.
func writer(e *sim.Event) string {
	if e.Client == "" {
		return "an unknown client"
	}
	return string(e.Client)
}

// owner names the client that the lock was given to.
func owner(g *trace.Grant) string {
	if g.Client == "" {
		return "an unknown client"
	}
	return string(g.Client)
}
