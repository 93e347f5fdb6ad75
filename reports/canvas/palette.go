// Package canvas has what every picture is drawn on and with: paper, pens, type, colours.
package canvas

import "image/color"

// Colour is a colour of a picture, on light paper and on dark. PNGs are light. An SVG has both, and
// its viewer picks the one that the reader prefers.
type Colour struct{ Light, Dark color.NRGBA }

// RGBA returns the colour on light, which makes a Colour a color.Color.
func (c Colour) RGBA() (r, g, b, a uint32) { return c.Light.RGBA() }

// The colours mean the same in every picture: a client keeps its colour, and vermillion is always a
// violation. They can be told apart with each kind of colour blindness, because they differ in
// lightness as well as in hue. A test enforces that, and enough contrast with the paper. Okabe and
// Ito's palette (2008), on which these are based, does not suffice: its orange and its vermillion
// are both a dull yellow to many, and its orange and its sky blue are too faint for lines on white.
var (
	Blue   = on(0x0072B2, 0x08A6F8)
	Amber  = on(0xC87800, 0xF7D255)
	Green  = on(0x5F9A5C, 0x43956D)
	Violet = on(0x4B22B0, 0x9673B2)
	Sky    = on(0x189AE0, 0x30E2FF)

	Violation = on(0xA3180A, 0xFF2A26)

	Ink    = on(0x222222, 0xECEEF0)
	Slate  = on(0x595959, 0xB4BAC1) // faults, secondary text; 7:1
	Stone  = on(0x8C8C8C, 0x7D848B) // what belongs to no client
	Mist   = on(0xD4D4D6, 0x383B3F) // pauses, the account's balance
	Haze   = on(0xECECEE, 0x23272B) // grid
	Ground = on(0xFFFFFF, 0x14171A) // the paper

	// ViolationTint is laid over everything else, so that must show through.
	ViolationTint = seeThrough(Violation, 0x26)
)

var clientColours = [...]Colour{Blue, Amber, Green, Violet, Sky}

// ClientColour returns the colour of the client with this index in the header. From the sixth
// client on colours repeat, and the lane's name tells clients apart.
func ClientColour(client int) Colour {
	if client < 0 {
		return Stone
	}
	return clientColours[client%len(clientColours)]
}

// on returns the colour with these values, 0xRRGGBB, on light and on dark.
func on(light, dark uint32) Colour { return Colour{opaque(light), opaque(dark)} }

func opaque(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xFF}
}

func seeThrough(c Colour, alpha uint8) Colour {
	c.Light.A, c.Dark.A = alpha, alpha
	return c
}
