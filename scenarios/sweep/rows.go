package sweep

import (
	"fmt"
	"io"
	"slices"

	"github.com/locklab/locklab/scenarios/rows"
	"github.com/locklab/locklab/scenarios/strict"
)

// Row is a row of sweeps.jsonl: what a sweep is about, or one of its points. The rows of a
// sweep come in that order, so a truncated file can still be read.
type Row struct {
	Sweep *About `json:"sweep,omitempty"`
	Point *Point `json:"point,omitempty"`
}

// WriteRow appends a row to sweeps.jsonl.
func WriteRow(w io.Writer, row Row) error {
	if err := rows.Write(w, row); err != nil {
		return fmt.Errorf("write a row of a sweep: %w", err)
	}
	return nil
}

// Read reads what WriteRow wrote; name is the file's name, for errors. An incomplete
// last row, left by a killed run, is ignored.
func Read(r io.Reader, name string) (out []Result, err error) {
	err = rows.Read(r, name, "locklab run", func(row Row) error {
		if row.Sweep != nil {
			if problem := row.Sweep.problem(); problem != "" {
				return fmt.Errorf("sweep %q %s", row.Sweep.Name, problem)
			}
			out = append(out, Result{About: *row.Sweep})
		}
		if p := row.Point; p != nil {
			if len(out) == 0 || out[len(out)-1].Name != p.Sweep {
				return fmt.Errorf("a point of sweep %q does not follow that sweep", p.Sweep)
			}
			out[len(out)-1].Points = append(out[len(out)-1].Points, *p)
		}
		return nil
	})
	return out, err
}

// problem says what keeps the sweep from being drawn; empty if nothing does.
func (s *About) problem() string {
	if !strict.IsName(s.Name) {
		return "needs a name made of lower-case letters, digits and hyphens"
	}
	values := s.Parameter.Values
	if len(values) < 2 {
		return fmt.Sprintf("needs at least two values of its parameter but has %d", len(values))
	}
	for i, x := range values[1:] {
		if x <= values[i] {
			return fmt.Sprintf("has the value %v after %v; values must increase", x, values[i])
		}
	}
	if i := slices.IndexFunc(s.Lines, func(l Line) bool { return len(l.Derived) == 0 }); i >= 0 {
		return fmt.Sprintf("has the line %q with nothing derived", s.Lines[i].Name)
	}
	return ""
}
