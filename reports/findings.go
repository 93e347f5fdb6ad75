package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Findings prints what was found in one history, each finding with the events that show
// it.
func Findings(w io.Writer, h *sim.History, findings []check.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s with %s, guard %s: %s world, seed %d, lease %v, %d events\n",
		h.Header.Scenario, h.Header.Backend, h.Header.Guard, h.Header.World, h.Header.Seed, h.Header.TTL, len(h.Events))
	for _, f := range findings {
		fmt.Fprintf(&b, "\n%-16s %-9s  %s\n", f.Property, f.Verdict, f.Why)
		for _, e := range h.Events {
			if slices.Contains(f.Evidence, e.Seq) {
				fmt.Fprintf(&b, "  %s\n", Line(e))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Line tells one event in words: number, true time, where, what, and the fields that are
// set.
func Line(e sim.Event) string {
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
		add("grant %s", short(e.Grant))
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
	if e.Fault != "" {
		add("%s", e.Fault)
	}
	if e.Note != "" {
		add("(%s)", e.Note)
	}
	return text
}

// short cuts a lock value down to what tells it from others at a glance.
func short(grant string) string {
	const enough = 12
	if len(grant) <= enough {
		return grant
	}
	return grant[:8] + "…"
}
