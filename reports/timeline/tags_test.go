package timeline

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// TestLabelsNeverTouch draws any number of marks anywhere and checks every pair of labels: none
// overlap, no pole runs through another label, none leaves the page.
func TestLabelsNeverTouch(t *testing.T) {
	f := canvas.Regular(labelSize)
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(0, 1000), 0, 60).Draw(t, "times")
		slices.Sort(times)
		var marks []mark
		for _, at := range times {
			length := rapid.IntRange(0, 30).Draw(t, "length")
			style := rapid.SampledFrom([]markStyle{tick, openDot, cross}).Draw(t, "style")
			marks = append(marks, mark{at: time.Duration(at), style: style, label: strings.Repeat("m", length)})
		}
		const left, right = vg.Length(100), vg.Length(900)
		x := func(m mark) vg.Length { return left + vg.Length(m.at)*(right-left)/1000 }
		tags, dropped := placeTags(marks, f, x, left, right)
		labels := 0
		for _, m := range marks {
			if m.label != "" {
				labels++
			}
		}
		if len(tags)+dropped != labels {
			t.Fatalf("%d labels placed and %d dropped, of %d", len(tags), dropped, labels)
		}
		for i, a := range tags {
			if a.left < left || a.right > right || a.row < 0 || a.row >= maxRows {
				t.Fatalf("label out of the page: %+v", a)
			}
			for j, b := range tags {
				if i == j {
					continue
				}
				if a.row == b.row && a.left < b.right && b.left < a.right {
					t.Fatalf("labels overlap: %+v and %+v", a, b)
				}
				if a.row > b.row && b.left < a.x && a.x < b.right {
					t.Fatalf("the pole of %+v runs through %+v", a, b)
				}
			}
		}
	})
}

func TestWrapKeepsEveryLetter(t *testing.T) {
	f := canvas.Bold(verdictSize)
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-zé−→]{1,90}`), 0, 20).Draw(t, "words"), " ")
		width := vg.Length(rapid.IntRange(20, 900).Draw(t, "width"))
		lines := canvas.Wrap(f, text, width)
		for _, line := range lines {
			if len([]rune(line)) > 1 && f.Width(line) > width {
				t.Fatalf("%q is wider than %v", line, width)
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if got := squeeze(strings.Join(lines, "")); got != squeeze(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}
