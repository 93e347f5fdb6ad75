package words

import (
	"fmt"
	"strings"

	"github.com/locklab/locklab/sim"
)

// Event describes one event of a history: number, true time, host, kind, and the fields that are
// set.
func Event(h *sim.History, e *sim.Event) string {
	where := string(e.Host)
	if where == "" {
		where = "world"
	}
	text := fmt.Sprintf("#%-4d %10.6fs  %-10s %s", e.Seq, e.At.Seconds(), where, e.Kind)
	add := func(format string, args ...any) { text += "  " + fmt.Sprintf(format, args...) }
	if e.Op != "" {
		add("%s", e.Op)
	}
	if e.Client != "" && !strings.HasPrefix(e.Op, string(e.Client)+"/") {
		add("for %s", e.Client)
	}
	if e.Grant != "" {
		add("grant %s", Short(e.Grant))
	}
	if e.Token != 0 {
		add("token %d", e.Token)
	}
	if e.Until != 0 {
		add("until %.6fs on its own clock", e.Until.Seconds())
	}
	switch e.Kind {
	case sim.Read, sim.LedgerRead, sim.LedgerOpened, sim.Wrote:
		add("v%d", e.Version)
	case sim.LedgerWrite:
		add("v%d from v%d", e.Version, e.Base)
	case sim.Write, sim.LedgerWriteRefused:
		add("from v%d", e.Base)
	}
	switch e.Kind {
	case sim.Read, sim.Write, sim.LedgerRead, sim.LedgerWrite, sim.LedgerOpened:
		add("balance %d", e.Balance)
	}
	if lane := h.Header.LaneOf(e); lane != "" {
		add("%s", lane)
	}
	if e.Ended != "" {
		add("(%s)", e.Ended)
	}
	if e.Late != 0 {
		add("%s lost", lost(e.Late))
	}
	if e.Note != "" {
		add("(%s)", e.Note)
	}
	return text
}

// Short cuts a lock value down to what distinguishes it at a glance.
func Short(grant string) string {
	const enough = 12
	if len(grant) <= enough {
		return grant
	}
	return grant[:8] + "…"
}
