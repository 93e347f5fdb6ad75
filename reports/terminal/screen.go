package terminal

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/locklab/locklab/backends/ledger"
	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/results"
	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
)

// leastFaults is how many faults of the battery make the results fit for one screen: with fewer, the table
// says more.
const leastFaults = 8

// OnScreen reports whether Screen has something to show of a set: the battery of one world.
func OnScreen(set *results.Set) bool {
	return len(set.In(sim.LiveWorld)) == 0 && len(battery.New(set, sim.VirtualWorld).Rows) >= leastFaults
}

// Screen writes what a run of the battery has found on one screen of 30 lines: the finding, the battery as
// a matrix of signs, what saves, and what else was run. All cells are in what Cells writes.
func Screen(w io.Writer, set *results.Set, opts typeset.Options) error {
	b := battery.New(set, sim.VirtualWorld)
	p, width := typeset.Painter{On: opts.Colour}, min(opts.Width(), 140)
	var text strings.Builder
	style := typeset.Strong
	switch outcome.Worst(set.Cells) {
	case outcome.NotAsExpected:
		style = typeset.Alarm
	case outcome.Undecided:
		style = typeset.Doubt
	}
	for _, line := range typeset.Fold(cameOut(set.Cells), width) {
		text.WriteString(p.Paint(style, line) + "\n")
	}
	writeSurprises(&text, p, set.Cells, width)
	typeset.Hang(&text, "", finding(b), width)
	text.WriteByte('\n')
	writeMatrix(&text, p, b, width)
	typeset.Hang(&text, "", saves(b), width)
	if sentence := restOf(set); sentence != "" {
		typeset.Hang(&text, "", sentence, width)
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	return nil
}

// mostSurprises is how many cells that are not as expected have room on the screen.
const mostSurprises = 5

// writeSurprises names cells that are not as expected.
func writeSurprises(out *strings.Builder, p typeset.Painter, cells []outcome.Summary, width int) {
	all := surprisesOf(cells)
	for i, surprise := range all {
		if i == mostSurprises {
			fmt.Fprintf(out, "    and %s, see the table\n", words.Many(len(all)-i, "more expectation"))
			break
		}
		writeSurprise(out, p, surprise, width)
	}
}

// sign is what stands in a square of the matrix.
type sign struct {
	text string
	as   typeset.Paint
}

// signOf says what became of a fault with a lock service: without a guard, behind the best one if money
// was lost, and whether a client was not served.
func signOf(r battery.Result) sign {
	if r.Reason > 0 {
		return sign{"-", typeset.Faint}
	}
	bare, _ := r.Bare.State()
	best, _ := r.Best.State()
	s := sign{lossSign(bare), typeset.Plain}
	switch bare {
	case battery.LostAlways, battery.LostSometimes:
		s.as = typeset.Theory
		if best == battery.LostAlways || best == battery.LostSometimes {
			s.text, s.as = s.text+lossSign(best), typeset.Alarm
		}
	case battery.Untold:
		s.as = typeset.Doubt
	case battery.Broken, battery.Unharmed, battery.NotRun:
	}
	if len(r.Unserved) > 0 {
		s.text += "o"
	}
	if r.Bare.Surprise || r.Best.Surprise {
		s.text, s.as = s.text+"!", typeset.Alarm
	}
	return s
}

func lossSign(of battery.State) string {
	switch of {
	case battery.LostAlways:
		return "✗"
	case battery.LostSometimes:
		return "≈"
	case battery.Broken:
		return "2"
	case battery.Unharmed:
		return "✓"
	case battery.Untold:
		return "?"
	case battery.NotRun:
	}
	return " "
}

// writeMatrix writes a row for each fault and a column for each lock service that has room, those of the
// libraries' profiles last to get it.
func writeMatrix(out *strings.Builder, p typeset.Painter, b battery.Battery, width int) {
	const gap = 2
	first := 0
	for _, r := range b.Rows {
		first = max(first, utf8.RuneCountInString(r.Name()))
	}
	shown, hidden := columnsIn(b, width-first, gap)
	space := strings.Repeat(" ", gap)
	out.WriteString(strings.Repeat(" ", first))
	for _, c := range shown {
		out.WriteString(space + b.Columns[c])
	}
	out.WriteByte('\n')
	for _, r := range b.Rows {
		line := typeset.Pad(r.Name(), first)
		for _, c := range shown {
			s := signOf(r.Results[c])
			line += space + p.Paint(s.as, s.text) + strings.Repeat(" ", max(0, len(b.Columns[c])-utf8.RuneCountInString(s.text)))
		}
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	key := "✗ money lost without a guard, ✗✗ with the best one too, ≈ by chance, 2 two holders, no money lost, o a client not served, - not applicable"
	if len(hidden) > 0 {
		key += fmt.Sprintf("; %d more if wider", len(hidden))
	}
	typeset.Hang(out, "", key, width)
}

// columnsIn chooses the columns that fit, in their order: services first, then profiles of libraries.
func columnsIn(b battery.Battery, room, gap int) (shown []int, hidden []string) {
	in := make([]bool, len(b.Columns))
	for _, profiles := range []bool{false, true} {
		for i, name := range b.Columns {
			if battery.IsProfile(name) != profiles {
				continue
			}
			if need := gap + len(name); need <= room {
				in[i], room = true, room-need
			}
		}
	}
	for i, name := range b.Columns {
		if in[i] {
			shown = append(shown, i)
		} else {
			hidden = append(hidden, name)
		}
	}
	return shown, hidden
}

// finding says which locks lose money without a guard.
func finding(b battery.Battery) string {
	lost, locks := b.Losers(battery.Bare)
	who := fmt.Sprintf("%d of %d locks lose", len(lost), locks)
	switch {
	case locks == 0:
		return "No lock was run without a guard."
	case len(lost) == locks && locks > 1:
		who = "every lock loses"
	}
	return "Without a guard, " + who + " money to some fault:"
}

// saves says what the best guards change, and names the exceptions.
func saves(b battery.Battery) string {
	var lost, by []string
	ran := 0
	for i, name := range b.Columns {
		behind, faults := b.Lost(i, battery.Best)
		if faults == 0 || !battery.IsLock(name) {
			continue
		}
		ran++
		if !slices.Contains(by, b.Guards[i]) {
			by = append(by, b.Guards[i])
		}
		if len(behind) > 0 {
			lost = append(lost, fmt.Sprintf("%s (%s)", name, strings.Join(behind, ", ")))
		}
	}
	if ran == 0 {
		return "Nothing was run behind a guard."
	}
	guards := by[0]
	if len(by) > 1 && by[0] == string(ledger.FenceAll) {
		guards += ", or " + words.And(by[1:]) + " for a lock without tokens,"
	}
	if len(lost) == 0 {
		return fmt.Sprintf("Behind %s none is lost, with any lock.", guards)
	}
	return fmt.Sprintf("Behind %s money is lost only with %s.", guards, words.And(lost))
}

// cameOut is how the cells came out, without those that were not run.
func cameOut(cells []outcome.Summary) string {
	return outcomeSentence(slices.DeleteFunc(slices.Clone(cells), func(c outcome.Summary) bool {
		return c.Outcome == outcome.NotApplicable || c.Outcome == outcome.NotAvailable
	}))
}

// restOf says in a line how the sweeps and the claims of a run came out.
func restOf(set *results.Set) string {
	var parts []string
	if len(set.Sweeps) > 0 {
		points, wrong := 0, 0
		for _, s := range set.Sweeps {
			points += len(s.Points)
			if s.Outcome() != outcome.AsExpected {
				wrong++
			}
		}
		how := "all as derived"
		if wrong > 0 {
			how = fmt.Sprintf("%d of %d sweeps not as derived", wrong, len(set.Sweeps))
		}
		parts = append(parts, fmt.Sprintf("Sweeps: %s, %s.", words.Many(points, "point"), how))
	}
	if len(set.Claims) > 0 {
		var verdicts []string
		by := map[string]int{}
		for _, c := range set.Claims {
			if by[c.Verdict]++; by[c.Verdict] == 1 {
				verdicts = append(verdicts, c.Verdict)
			}
		}
		slices.SortStableFunc(verdicts, func(a, b string) int { return cmp.Compare(by[b], by[a]) })
		for i, verdict := range verdicts {
			verdicts[i] = fmt.Sprintf("%d %s", by[verdict], verdict)
		}
		parts = append(parts, fmt.Sprintf("Claims: %s.", strings.Join(verdicts, "; ")))
	}
	return strings.Join(parts, " ")
}
