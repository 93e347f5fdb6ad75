package scenarios

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// SweepRow is a row of sweeps.jsonl: what a sweep is about, or one of its points. The rows
// of a sweep stand in that order, so a file that was cut short can be read all the same.
type SweepRow struct {
	Sweep *SweepAbout `json:"sweep,omitempty"`
	Point *SweepPoint `json:"point,omitempty"`
}

// WriteSweepRow appends a row to sweeps.jsonl.
func WriteSweepRow(w io.Writer, row SweepRow) error {
	text, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("write a row of a sweep: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write a row of a sweep: %w", err)
	}
	return nil
}

// ReadSweeps reads what WriteSweepRow wrote. Half a row at the end, of a run that was
// killed, is left out.
func ReadSweeps(r io.Reader) ([]SweepResult, error) {
	var out []SweepResult
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read sweeps: %w", err)
		}
		var row SweepRow
		if err := json.Unmarshal(text, &row); err != nil {
			return nil, fmt.Errorf("read sweeps: row %d: %w", n, err)
		}
		if row.Sweep != nil {
			out = append(out, SweepResult{SweepAbout: *row.Sweep})
		}
		if p := row.Point; p != nil {
			if len(out) == 0 || out[len(out)-1].Name != p.Sweep {
				return nil, fmt.Errorf("read sweeps: row %d is a point of sweep %q, and the sweep before it is another", n, p.Sweep)
			}
			out[len(out)-1].Points = append(out[len(out)-1].Points, *p)
		}
	}
}
