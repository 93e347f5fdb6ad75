package reports

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
)

// meaning is a colour of the pictures and what it stands for.
type meaning struct {
	of string
	canvas.Colour
}

// papers are the two backgrounds on which pictures are drawn.
var papers = []struct {
	name string
	of   func(canvas.Colour) color.NRGBA
}{
	{"light", func(c canvas.Colour) color.NRGBA { return c.Light }},
	{"dark", func(c canvas.Colour) color.NRGBA { return c.Dark }},
}

// marks returns the colours of bars, lines, dots and words. Any two of them may be side by side.
func marks() []meaning {
	all := []meaning{
		{"a violation", canvas.Violation}, {"a fault", canvas.Slate}, {"what belongs to no client", canvas.Stone}, {"ink", canvas.Ink},
	}
	for i := range clients {
		all = append(all, meaning{fmt.Sprintf("client %d", i+1), canvas.ClientColour(i)})
	}
	return all
}

// clients is how many clients have a colour of their own.
const clients = 5

// Two marks that differ by 1 can just be told apart where they touch. That is no help where one
// is a thin line here and the other a dot there.
const (
	apartAsMarks      = 10
	apartAsViolations = 16 // from everything else
	apartWhereTheyLie = 3  // large areas that touch
)

func mustBeApart(t *testing.T, paper string, of func(canvas.Colour) color.NRGBA, a, b meaning, least float64) {
	t.Helper()
	if d, to := picturetest.Apart(of(a.Colour), of(b.Colour)); d < least {
		t.Errorf("on %s, %s (%v) and %s (%v) differ by %.1f to people with %s, want %g", paper, a.of, of(a.Colour), b.of, of(b.Colour), d, to, least)
	}
}

func TestMarksOfDifferentMeaningAreToldApartByEverybody(t *testing.T) {
	for _, paper := range papers {
		all := marks()
		for i, a := range all {
			for _, b := range all[:i] {
				least := float64(apartAsMarks)
				if b.Colour == canvas.Violation {
					least = apartAsViolations
				}
				mustBeApart(t, paper.name, paper.of, a, b, least)
			}
		}
	}
}

// The grounds lie behind the marks of a timeline or a diagram. Any two of them may touch.
func TestGroundsOfDifferentMeaningAreToldApartByEverybody(t *testing.T) {
	violated := func(ground canvas.Colour) canvas.Colour { return canvas.Over(canvas.ViolationTint, ground) }
	grounds := []meaning{
		{"paper", canvas.Ground}, {"a host that stands still", canvas.Mist}, {"time that is cut short", canvas.Haze},
		{"a violation on paper", violated(canvas.Ground)}, {"a violation while a host stands still", violated(canvas.Mist)},
	}
	for _, paper := range papers {
		for i, a := range grounds {
			for _, b := range grounds[:i] {
				mustBeApart(t, paper.name, paper.of, a, b, apartWhereTheyLie)
			}
		}
		for i := range clients {
			c := canvas.ClientColour(i)
			tints := []meaning{
				{fmt.Sprintf("what client %d was granted", i+1), canvas.Granted(c)}, {fmt.Sprintf("what client %d goes by", i+1), canvas.Recalled(c)},
			}
			for _, tint := range tints {
				for _, ground := range grounds {
					mustBeApart(t, paper.name, paper.of, tint, ground, apartWhereTheyLie)
				}
				mustBeApart(t, paper.name, paper.of, tint, meaning{"its bar", c}, apartWhereTheyLie)
				mustBeApart(t, paper.name, paper.of, tint, meaning{"a violation", canvas.Violation}, apartWhereTheyLie)
				for j := range i {
					mustBeApart(t, paper.name, paper.of, meaning{fmt.Sprintf("what client %d was granted", j+1), canvas.Granted(canvas.ClientColour(j))}, tints[0], apartWhereTheyLie)
				}
			}
		}
	}
}

// WCAG 2 asks for a contrast of 3 for graphics and 4.5 for text.
func TestMarksAndWordsStandOutFromTheirGround(t *testing.T) {
	grounds := []meaning{
		{"paper", canvas.Ground}, {"mist", canvas.Mist}, {"haze", canvas.Haze},
		{"a violation", canvas.Over(canvas.ViolationTint, canvas.Ground)}, {"a violation on mist", canvas.Over(canvas.ViolationTint, canvas.Mist)},
	}
	for _, paper := range papers {
		stands := func(mark, ground meaning, least float64) {
			if got := canvas.Contrast(paper.of(mark.Colour), paper.of(ground.Colour)); got < least {
				t.Errorf("on %s, the contrast of %s (%v) with %s (%v) is %.2f, want %g", paper.name, mark.of, paper.of(mark.Colour), ground.of, paper.of(ground.Colour), got, least)
			}
		}
		for _, m := range marks() {
			stands(m, grounds[0], 3)
			stands(meaning{"text", canvas.TextOn(m.Colour)}, m, 4.5)
		}
		for i := range clients {
			tint := canvas.Granted(canvas.ClientColour(i))
			stands(meaning{"text", canvas.TextOn(tint)}, meaning{fmt.Sprintf("what client %d was granted", i+1), tint}, 4.5)
		}
		for _, ground := range grounds {
			stands(meaning{"ink", canvas.Ink}, ground, 4.5)
		}
		stands(meaning{"slate", canvas.Slate}, grounds[0], 4.5)
		stands(meaning{"slate", canvas.Slate}, grounds[2], 4.5)
		stands(meaning{"a violation in words", canvas.Violation}, grounds[0], 4.5)
	}
}

var painted = regexp.MustCompile(`(?:fill|stroke)="(#[0-9a-f]+)"`)

// TestPicturesHaveNoOtherColours checks that what these tests say about the palette holds for
// every picture.
func TestPicturesHaveNoOtherColours(t *testing.T) {
	known := map[string]bool{}
	know := func(c canvas.Colour) {
		known[fmt.Sprintf("#%02x%02x%02x", c.Light.R, c.Light.G, c.Light.B)] = true
	}
	base := []canvas.Colour{canvas.Ground, canvas.Mist, canvas.Haze}
	for _, m := range marks() {
		base = append(base, m.Colour)
	}
	for _, c := range base {
		know(c)
		know(canvas.TextOn(c))
		for part := range 100 {
			know(canvas.Tint(c, float64(part)/100))
		}
	}
	var files []string
	for _, drawn := range []string{"internal/charts", "timeline", "diagram"} {
		pictures, err := filepath.Glob(drawn + "/testdata/*.svg")
		if err != nil || len(pictures) == 0 {
			t.Fatalf("there is no picture in the testdata of %s (%v)", drawn, err)
		}
		files = append(files, pictures...)
	}
	for _, file := range files {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range painted.FindAllStringSubmatch(string(svg), -1) {
			long := m[1]
			if len(long) == 4 {
				long = string([]byte{'#', long[1], long[1], long[2], long[2], long[3], long[3]})
			}
			if !known[long] {
				t.Errorf("%s paints in %s, which is not in the palette, nor a tint of what is", file, m[1])
				known[long] = true
			}
		}
	}
}
