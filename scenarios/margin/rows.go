package margin

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/rows"
	"github.com/locklab/locklab/scenarios/strict"
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

// line is a line of margins.jsonl.
type line struct {
	Setup Setup `json:"setup"`
	Fit   Fit   `json:"fit"`
	Row   Row   `json:"row"`
}

func writeRow(w io.Writer, s Sheet, r Row) error {
	if err := rows.Write(w, line{s.Setup, s.Fit, r}); err != nil {
		return fmt.Errorf("write a row of a datasheet: %w", err)
	}
	return nil
}

// Read reads what WriteRow wrote; name is the file's name, for errors. An incomplete last row, left by
// a killed run, is ignored.
func Read(r io.Reader, name string) (sheets []Sheet, err error) {
	err = rows.Read(r, name, "locklab datasheet", func(l line) error {
		if problem := l.problem(); problem != "" {
			return errors.New(problem)
		}
		if last := len(sheets) - 1; last < 0 || sheets[last].Setup != l.Setup {
			sheets = append(sheets, Sheet{Setup: l.Setup})
		}
		s := &sheets[len(sheets)-1]
		s.Fit, s.Rows = l.Fit, append(s.Rows, l.Row)
		return nil
	})
	return sheets, err
}

// problem says what keeps a row from being shown; empty if nothing does.
func (l line) problem() string {
	switch {
	case l.Setup.Backend == "":
		return "the row does not say of which backend it is"
	case l.Setup.TTL <= 0:
		return fmt.Sprintf("the lease is %v, expected more than 0s", l.Setup.TTL)
	case !strict.IsName(l.Row.Fault):
		return fmt.Sprintf("the fault is %q, expected a name of lower-case letters, digits and hyphens", l.Row.Fault)
	case l.Row.Unit != "" && !l.Row.Unit.Known():
		return fmt.Sprintf("there is no unit %q", string(l.Row.Unit))
	}
	margins := slices.Clone(l.Row.Margins)
	for _, c := range l.Row.Changes {
		margins = append(margins, c.Margin)
	}
	for _, m := range margins {
		if !slices.Contains(Harms(), m.Harm) {
			return fmt.Sprintf("there is no harm %q", string(m.Harm))
		}
	}
	return ""
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
