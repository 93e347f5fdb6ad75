package canvas

import (
	"image/color"
	"math"
)

// paleOnDark is how much paler a tint is on dark, where a colour of the same strength glares.
const paleOnDark = 0.9

// Tint mixes a colour with the paper; part is how much of the colour stays, 0 to 1.
func Tint(c Colour, part float64) Colour {
	c.Light.A, c.Dark.A = uint8(float64(255*part)+0.5), uint8(float64(255*paleOnDark*part)+0.5)
	return Over(c, Ground)
}

// Granted is the ground of what the lock service holds for the client of this colour.
func Granted(c Colour) Colour { return Tint(c, 0.35) }

// Recalled shows what the client of this colour goes by, having read it once.
func Recalled(c Colour) Colour { return Tint(c, 0.6) }

// Over gives what a see-through colour looks like on a ground.
func Over(c, ground Colour) Colour {
	return Colour{over(c.Light, ground.Light), over(c.Dark, ground.Dark)}
}

// over counts in whole numbers, so that it rounds in the same way on every processor.
func over(c, ground color.NRGBA) color.NRGBA {
	part := int(c.A)
	mix := func(top, below uint8) uint8 { return uint8((2*(int(top)*part+int(below)*(255-part)) + 255) / 510) }
	return color.NRGBA{R: mix(c.R, ground.R), G: mix(c.G, ground.G), B: mix(c.B, ground.B), A: 0xFF}
}

// Text on a ground that is bright on both papers, or dark on both. An SVG knows a colour by
// its value on light, so these two differ from ink and paper there, by less than can be seen.
var (
	darkOnBoth  = Colour{opaque(0x232323), Ground.Dark}
	lightOnBoth = Colour{opaque(0xFEFEFE), Ink.Dark}
)

// TextOn gives the colour of text that can be read on this background: ink or paper,
// whichever stands out more.
func TextOn(c Colour) Colour {
	inked := Contrast(Ink.Light, c.Light) >= Contrast(Ground.Light, c.Light)
	inkedInTheDark := Contrast(Ink.Dark, c.Dark) >= Contrast(Ground.Dark, c.Dark)
	switch {
	case inked && inkedInTheDark:
		return Ink
	case inked:
		return darkOnBoth
	case inkedInTheDark:
		return lightOnBoth
	}
	return Ground
}

// Contrast is that of two colours by WCAG 2, from 1 to 21. Text wants 4.5, a line or a bar 3.
func Contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is how bright a colour of the sRGB space is, from 0 to 1.
func luminance(c color.NRGBA) float64 {
	linear := func(of uint8) float64 {
		v := float64(of) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
