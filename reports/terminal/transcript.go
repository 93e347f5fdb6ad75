package terminal

import (
	"io"
	"strings"

	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/sim"
)

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
