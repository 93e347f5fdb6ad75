package canvas

import (
	"image/color"
	"math"
)

// paleOnDark makes tints paler on dark, where a colour of the same strength glares.
const paleOnDark = 0.9

// Tint mixes a colour with the paper; part is how much of the colour stays, 0 to 1.
func Tint(c Colour, part float64) Colour {
	c.Light.A, c.Dark.A = uint8(float64(255*part)+0.5), uint8(float64(255*paleOnDark*part)+0.5)
	return Over(c, Ground)
}

// Granted is the background of what the lock service has granted to the client of this colour.
func Granted(c Colour) Colour { return Tint(c, 0.35) }

// Recalled shows what the client of this colour relies on after reading it once.
func Recalled(c Colour) Colour { return Tint(c, 0.6) }

// Over returns what a translucent colour looks like on a background.
func Over(c, ground Colour) Colour {
	return Colour{over(c.Light, ground.Light), over(c.Dark, ground.Dark)}
}

// over computes in integers, so that it rounds the same way on every processor.
func over(c, ground color.NRGBA) color.NRGBA {
	part := int(c.A)
	mix := func(top, below uint8) uint8 { return uint8((2*(int(top)*part+int(below)*(255-part)) + 255) / 510) }
	return color.NRGBA{R: mix(c.R, ground.R), G: mix(c.G, ground.G), B: mix(c.B, ground.B), A: 0xFF}
}

// Text on a background that is bright on both papers, or dark on both. An SVG identifies a colour
// by its value on light, so there these two differ from ink and paper, by less than can be seen.
var (
	darkOnBoth  = Colour{opaque(0x232323), Ground.Dark}
	lightOnBoth = Colour{opaque(0xFEFEFE), Ink.Dark}
)

// TextOn returns the colour of readable text on this background: ink or paper, whichever stands out
// more.
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

// Contrast returns the contrast of two colours by WCAG 2, from 1 to 21. Text needs 4.5, a line or a
// bar 3.
func Contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance returns how bright a colour of the sRGB space is, from 0 to 1.
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
