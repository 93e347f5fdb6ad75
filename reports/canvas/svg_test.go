package canvas

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func drawn(t *testing.T, draw func(Paper)) string {
	t.Helper()
	var b bytes.Buffer
	f := Figure{Width: 100, Height: 50, Draw: draw}
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNumbersAreShortAndRoundedToHundredths(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 12: "12", -3.5: "-3.5", 0.25: ".25", -0.25: "-.25", 1.005001: "1.01", 7.3049: "7.3", 0.001: "0", -0.001: "0", 100.999: "101",
	} {
		if got := length(x); got != want {
			t.Errorf("%g is written %q, want %q", x, got, want)
		}
	}
}

// TestTheLastBitsOfACoordinateDoNotReachTheFile: processors that multiply and add in one step round
// differently.
func TestTheLastBitsOfACoordinateDoNotReachTheFile(t *testing.T) {
	strokes := func(nudge float64) string {
		return drawn(t, func(p Paper) {
			p.Pen(1, Ink)
			p.Line(vg.Length(10.123*nudge), 5, vg.Length(20.456*nudge), 30)
			p.Stroke(p.Circle(vg.Length(33.337*nudge), 20, 4))
			p.Text(Regular(10), vg.Length(50.001*nudge), 20, Ink, "x")
		})
	}
	if exact, off := strokes(1), strokes(math.Nextafter(1, 2)); exact != off {
		t.Errorf("got\n%s\nand\n%s", exact, off)
	}
}

func TestStrokesThatLookTheSameShareAPath(t *testing.T) {
	got := drawn(t, func(p Paper) {
		p.Pen(2, Blue)
		p.Line(1, 2, 11, 2)
		p.Line(1, 4, 1, 14)
		p.Rect(20, 10, 30, 40, Violation)
		p.Pen(2, Blue, 3, 1.5)
		p.Line(0, 0, 5, 5)
	})
	for _, want := range []string{
		`viewBox="0 0 100 50"`,
		`<path fill="none" stroke="#0072b2" stroke-width="2" d="M1 2h10M1 4v10"/>`,
		`<path fill="#a3180a" d="M20 10h10v30h-10z"/>`,
		`<path fill="none" stroke="#0072b2" stroke-width="2" stroke-dasharray="3 1.5" d="M0 0l5 5"/>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// Whatever font shows it, text is as long as it was measured to be.
func TestTextStaysTextAndTurnsWithThePaper(t *testing.T) {
	got := drawn(t, func(p Paper) {
		p.Text(Bold(12), 10, 20, Ink, "a < b")
		p.Push()
		p.Translate(p.At(30, 40))
		p.Rotate(math.Pi / 2)
		p.FillString(*Regular(9), vg.Point{X: 5}, "up")
		p.Pop()
		p.Text(Regular(9), 1, 2, Ground, "back")
	})
	for _, want := range []string{
		`<text x="10" y="20" textLength="27.68" lengthAdjust="spacingAndGlyphs" font-weight="bold" font-size="12" fill="#222">a &lt; b</text>`,
		`<text transform="translate(30 35) rotate(-90)" textLength="10.01" lengthAdjust="spacingAndGlyphs" font-size="9" fill="#222">up</text>`,
		`<text x="1" y="2" textLength="19.01" lengthAdjust="spacingAndGlyphs" font-size="9" fill="#fff">back</text>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestNothingIsNotWritten(t *testing.T) {
	if got := drawn(t, func(p Paper) { p.Text(Regular(9), 1, 2, Ink, "") }); strings.Contains(got, "<text") {
		t.Errorf("an empty text is written: %s", got)
	}
}

func TestACharacterThatXMLDoesNotHaveIsReplaced(t *testing.T) {
	got := drawn(t, func(p Paper) { p.Text(Regular(9), 1, 2, Ink, "\x00a\x01b\tc\x1bd\uFFFEe\xFFf😀\uE000") })
	if want := ">\uFFFDa\uFFFDb\tc\uFFFDd\uFFFDe\uFFFDf😀\uE000</text>"; !strings.Contains(got, want) {
		t.Errorf("no %q in %q", want, got)
	}
	for dec := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := dec.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("this is not XML: %v", err)
		}
	}
}

func TestSeeThroughColoursStaySo(t *testing.T) {
	got := drawn(t, func(p Paper) { p.Rect(0, 0, 10, 10, ViolationTint) })
	if !strings.Contains(got, `fill="#a3180a" fill-opacity=".15"`) {
		t.Errorf("got %s", got)
	}
}

func TestACircleIsRoundAndAnArcTurnsTheRightWay(t *testing.T) {
	got := drawn(t, func(p Paper) {
		p.SetColor(Ink)
		p.Fill(p.Circle(50, 25, 10))
		var quarter vg.Path
		quarter.Move(p.At(20, 25))
		quarter.Arc(p.At(10, 25), 10, 0, math.Pi/2) // from 3 o'clock to 12
		p.Fill(quarter)
	})
	for _, want := range []string{`d="M60 25a10 10 0 0 0-20 0a10 10 0 0 0 20 0z"`, `d="M20 25a10 10 0 0 0-2.93-7.07a10 10 0 0 0-7.07-2.93"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
