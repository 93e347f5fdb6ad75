package sweep

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim/plaintext"
)

// Row is a row of sweeps.jsonl: what a sweep is about, or one of its points. The rows of a
// sweep come in that order, so a truncated file can still be read.
type Row struct {
	Sweep *About `json:"sweep,omitempty"`
	Point *Point `json:"point,omitempty"`
}

// WriteRow appends a row to sweeps.jsonl.
func WriteRow(w io.Writer, row Row) error {
	text, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("write a row of a sweep: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write a row of a sweep: %w", err)
	}
	return nil
}

// Read reads what WriteRow wrote; name is the file's name, for errors. An incomplete
// last row, left by a killed run, is ignored.
func Read(r io.Reader, name string) ([]Result, error) {
	var out []Result
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: read sweeps: %w", name, err)
		}
		bad := func(column int64, problem string, args ...any) error {
			return fmt.Errorf("%s:%d:%d: %s; expected what `locklab run` writes", name, n, max(column, 1), fmt.Sprintf(problem, args...))
		}
		var row Row
		if err := json.Unmarshal(text, &row); err != nil {
			return nil, bad(columnOf(err), "%v", err)
		}
		if i, r := plaintext.FindJSON(text); i >= 0 {
			return nil, bad(int64(i+1), "%s appears here", plaintext.Name(r))
		}
		if row.Sweep != nil {
			if problem := row.Sweep.problem(); problem != "" {
				return nil, bad(1, "sweep %q %s", row.Sweep.Name, problem)
			}
			out = append(out, Result{About: *row.Sweep})
		}
		if p := row.Point; p != nil {
			if len(out) == 0 || out[len(out)-1].Name != p.Sweep {
				return nil, bad(1, "a point of sweep %q does not follow that sweep", p.Sweep)
			}
			out[len(out)-1].Points = append(out[len(out)-1].Points, *p)
		}
	}
}

// columnOf returns the column at which a row is wrong.
func columnOf(err error) int64 {
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return bad.Offset
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return bad.Offset
	}
	return 1
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
