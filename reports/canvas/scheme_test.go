package canvas

import (
	"bytes"
	"image/color"
	"strings"
	"testing"
)

func TestAnSVGSaysWhatItsColoursAreOnDark(t *testing.T) {
	got := drawn(t, func(p Paper) {
		p.Rect(0, 0, 100, 50, Ground)
		p.Pen(1, Blue)
		p.Line(0, 0, 9, 9)
		p.Text(Regular(9), 1, 2, TextOn(Blue), "paper on blue, in both")
		p.Rect(0, 0, 5, 5, ViolationTint)
		p.Rect(5, 5, 9, 9, color.Black) // a colour from outside the palette stays as it is
	})
	const want = `<style>@media(prefers-color-scheme:dark){:root{background:#14171a}` +
		`[fill="#a3180a"]{fill:#ff2a26}[fill="#fff"]{fill:#14171a}[stroke="#0072b2"]{stroke:#08a6f8}}</style>`
	if !strings.Contains(got, want) {
		t.Errorf("no %s in\n%s", want, got)
	}
}

func TestAPictureWithoutColoursOfItsOwnHasNoStyleSheet(t *testing.T) {
	if got := drawn(t, func(p Paper) { p.Rect(0, 0, 9, 9, color.Black) }); strings.Contains(got, "<style>") {
		t.Errorf("got %s", got)
	}
}

// A shape is selected by its colour on light, so that must determine its colour on dark.
func TestAColourOnLightIsOneColourOnDark(t *testing.T) {
	f := Figure{Width: 9, Height: 9, Draw: func(p Paper) {
		p.Rect(0, 0, 5, 5, Ink)
		p.Rect(0, 0, 5, 5, Colour{Ink.Light, Ground.Dark})
	}}
	if err := f.WriteSVG(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "#222 on light, and #eceef0 and #14171a on dark") {
		t.Errorf("error %v, want one that names the colours", err)
	}
}

// Each colour that pictures use, with every tint and text on it, has one value on dark.
func TestNoTwoColoursOfThePaletteAreTheSameOnLightOnly(t *testing.T) {
	base := []Colour{Blue, Amber, Green, Violet, Sky, Violation, Ink, Slate, Stone, Mist, Haze, Ground}
	dark := map[color.NRGBA]Colour{}
	add := func(c Colour) {
		t.Helper()
		if other, known := dark[c.Light]; known && other.Dark != c.Dark {
			t.Errorf("%v and %v are the same on light only", c, other)
		}
		dark[c.Light] = c
	}
	for _, c := range base {
		for _, each := range []Colour{c, Granted(c), Recalled(c), TextOn(c), TextOn(Granted(c)), seeThrough(c, 0x26)} {
			add(each)
		}
	}
}

func TestTextTakesWhatStandsOutMoreOnEachPaper(t *testing.T) {
	for _, c := range []struct {
		ground, want Colour
	}{
		{Ground, Ink},
		{Blue, Ground},      // dark on light, bright on dark
		{Amber, darkOnBoth}, // bright on both
		{on(0x222222, 0x222222), lightOnBoth},
		{Granted(Blue), Ink},
	} {
		if got := TextOn(c.ground); got != c.want {
			t.Errorf("on %v text is %v, want %v", c.ground, got, c.want)
		}
	}
}

func TestATintIsMixedWithThePaperOfItsScheme(t *testing.T) {
	got := Tint(on(0x640000, 0xFF0000), 0.5)
	if want := on(0xB17F7F, 0x7E0D0E); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
	if got := Tint(Blue, 0); got != Ground {
		t.Errorf("none of a colour is %x, want the paper", got)
	}
}
