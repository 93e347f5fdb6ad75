package terminal

import (
	"fmt"
	"io"
	"strings"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Findings prints the findings on one history, each with the events that are its evidence.
func Findings(w io.Writer, h *sim.History, findings []check.Finding) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s world, seed %d, lease %v, %d events\n",
		outcome.NameOf(h.Header), h.Header.World, h.Header.Seed, h.Header.TTL, len(h.Events))
	for _, f := range findings {
		fmt.Fprintf(&b, "\n%-16s %-9s  %s\n", f.Property, f.Verdict, f.Why)
		for _, seq := range f.Evidence {
			if 0 < seq && seq <= int64(len(h.Events)) {
				fmt.Fprintf(&b, "  %s\n", words.Event(h, &h.Events[seq-1]))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Transcript tells a history as a story: what was run, then one event per line in the order of true
// time.
func Transcript(w io.Writer, h *sim.History) error {
	var b strings.Builder
	title, subtitle := words.Headline(h.Header)
	b.WriteString(title + "\n" + subtitle + "\n\n")
	for i := range h.Events {
		b.WriteString(strings.TrimRight(words.Event(h, &h.Events[i]), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
