package margin

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/locklab/locklab/scenarios/outcome"
)

// WriteRow appends the newest row of a datasheet to margins.jsonl, with the set-up that it is about, so
// that a list that was cut off can still be read.
func WriteRow(w io.Writer, s Sheet) error { return writeRow(w, s, s.Rows[len(s.Rows)-1]) }

// WriteAll writes every row of datasheets in the same way.
func WriteAll(w io.Writer, sheets []Sheet) error {
	for _, s := range sheets {
		for _, r := range s.Rows {
			if err := writeRow(w, s, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeRow(w io.Writer, s Sheet, r Row) error {
	text, err := json.Marshal(struct {
		Setup Setup `json:"setup"`
		Fit   Fit   `json:"fit"`
		Row   Row   `json:"row"`
	}{s.Setup, s.Fit, r})
	if err != nil {
		return fmt.Errorf("write a row of a datasheet: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write a row of a datasheet: %w", err)
	}
	return nil
}

// Outcome says how a datasheet came out: not as expected if a margin is not as derived, or undecided if
// nobody could tell.
func (s Sheet) Outcome() outcome.Outcome {
	worst := outcome.AsExpected
	for _, r := range s.Rows {
		for _, m := range r.Margins {
			switch {
			case m.Agreement == Differs:
				worst = max(worst, outcome.NotAsExpected)
			case m.Unknown:
				worst = max(worst, outcome.Undecided)
			}
		}
		for _, c := range r.Live {
			if o := c.Outcome(); o.Ran() {
				worst = max(worst, o)
			}
		}
	}
	return worst
}
