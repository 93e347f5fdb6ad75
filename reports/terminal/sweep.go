package terminal

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/locklab/locklab/reports/internal/charts"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/scenarios/sweep"
)

// Sweep writes the results of a sweep: whether it came out as derived, then for each line the
// derivation and the points. Adjacent points that are alike share a row.
func Sweep(w io.Writer, r sweep.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s.\n%s\n", r.Name, r.Title, sweepVerdict(r))
	fmt.Fprintf(&b, "Violations of %s against x = %s, %s world, lease %s.\n", r.Property, parameterName(r.Parameter), r.World, words.Seconds(r.TTL))
	table := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, line := range r.Lines {
		points := r.Of(line.Name)
		if len(points) == 0 {
			continue // interrupted before this line
		}
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n", line.Name, indented("derived: "+line.Condition), indented("because "+line.Because))
		fmt.Fprintln(table, "    x\tviolated\t95 % interval\tderived")
		for from := 0; from < len(points); {
			to := from + 1
			for to < len(points) && alike(points[from], points[to]) {
				to++
			}
			writePoints(table, points[from], points[to-1])
			from = to
		}
		if err := table.Flush(); err != nil {
			return fmt.Errorf("write the table of a sweep: %w", err)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the table of a sweep: %w", err)
	}
	return nil
}

// alike reports whether two points differ only in their place.
func alike(a, b sweep.Point) bool {
	b.X = a.X
	return a == b
}

// writePoints writes one row for all points from first to last, which are alike.
func writePoints(w io.Writer, first, last sweep.Point) {
	place := number(first.X)
	if last.X > first.X {
		place += " to " + number(last.X)
	}
	low, high := charts.Wilson(first.Violated, first.Decided())
	remark := ""
	switch first.Outcome {
	case outcome.NotAsExpected:
		remark = "\tNOT AS DERIVED"
	case outcome.Undecided:
		remark = "\t" + words.Many(first.Undecided, "trial") + " undecided"
	}
	fmt.Fprintf(w, "    %s\t%d of %d\t%s\t%s%s\n", place, first.Violated, first.Decided(), percents(low, high), percents(first.Least, first.Most), remark)
}

// sweepVerdict says in one sentence how the sweep came out.
func sweepVerdict(r sweep.Result) string {
	var wrong []string
	undecided := 0
	for _, p := range r.Points {
		switch p.Outcome {
		case outcome.NotAsExpected:
			wrong = append(wrong, fmt.Sprintf("%s at %s", p.Line, number(p.X)))
		case outcome.Undecided:
			undecided++
		}
	}
	points := words.Many(len(r.Points), "point")
	switch {
	case len(r.Points) == 0:
		return "Nothing was measured."
	case len(wrong) > 0:
		return fmt.Sprintf("%s, %d not as derived: %s.", points, len(wrong), strings.Join(wrong, "; "))
	case undecided > 0:
		return fmt.Sprintf("%s, %d undecided.", points, undecided)
	}
	return points + ", all as derived."
}

func parameterName(p sweep.Parameter) string {
	if unit := p.Unit.String(); unit != "" {
		return p.Name + " (" + unit + ")"
	}
	return p.Name
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func percents(low, high float64) string {
	if low == high {
		return fmt.Sprintf("%.0f %%", 100*low)
	}
	return fmt.Sprintf("%.0f to %.0f %%", 100*low, 100*high)
}

// indented folds a sentence into lines that fit the page, indented by two columns.
func indented(text string) string {
	return "  " + strings.Join(typeset.Fold(text, typeset.PageColumns-2), "\n  ")
}
