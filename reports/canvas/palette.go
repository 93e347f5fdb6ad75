// Package canvas is what every picture is drawn on and with: paper, pens, type, colours.
package canvas

import "image/color"

// Colour is a colour of a picture, on light paper and on dark. PNGs are light. An SVG has
// both, and whatever shows it takes the one that its reader prefers.
type Colour struct{ Light, Dark color.NRGBA }

// RGBA is that on light, so a Colour is a color.Color.
func (c Colour) RGBA() (r, g, b, a uint32) { return c.Light.RGBA() }

// The colours mean the same in every picture: a client keeps its colour, vermillion is
// always a violation. They stay apart for people with each kind of colour blindness: they
// differ in how light they are as well as in hue. A test holds them to it, and to enough
// contrast with the paper. Okabe and Ito's palette (2008), which these come from, does not
// suffice: its orange and its vermillion are both a dull yellow to many, and its orange and
// its sky blue are too faint for lines on white.
var (
	Blue   = on(0x0072B2, 0x08A6F8)
	Amber  = on(0xC87800, 0xF7D255)
	Green  = on(0x5F9A5C, 0x43956D)
	Violet = on(0x4B22B0, 0x9673B2)
	Sky    = on(0x189AE0, 0x30E2FF)

	Violation = on(0xA3180A, 0xFF2A26)

	Ink    = on(0x222222, 0xECEEF0)
	Slate  = on(0x595959, 0xB4BAC1) // faults, second-rank text; 7:1
	Stone  = on(0x8C8C8C, 0x7D848B) // what belongs to no client
	Mist   = on(0xD4D4D6, 0x383B3F) // pauses, the account's balance
	Haze   = on(0xECECEE, 0x23272B) // grid
	Ground = on(0xFFFFFF, 0x14171A) // the paper

	// ViolationTint is laid over everything else, so it must let it show through.
	ViolationTint = seeThrough(Violation, 0x26)
)

var clientColours = [...]Colour{Blue, Amber, Green, Violet, Sky}

// ClientColour is the colour of the client with this index in the header; from the sixth
// client on colours come round again, and the lane's name tells clients apart.
func ClientColour(client int) Colour {
	if client < 0 {
		return Stone
	}
	return clientColours[client%len(clientColours)]
}

// on is the colour with these values, 0xRRGGBB, on light and on dark.
func on(light, dark uint32) Colour { return Colour{opaque(light), opaque(dark)} }

func opaque(rgb uint32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xFF}
}

func seeThrough(c Colour, alpha uint8) Colour {
	c.Light.A, c.Dark.A = alpha, alpha
	return c
}
