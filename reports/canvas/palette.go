// Package canvas is what every picture is drawn on and with: paper, pens, type, colours.
package canvas

import "image/color"

// The colours are those of Okabe and Ito, "Color Universal Design" (2008), which stay
// apart for people with the common kinds of colour blindness. They mean the same in
// every picture: a client keeps its colour, vermillion is always a violation.
var (
	Blue          = color.NRGBA{R: 0x00, G: 0x72, B: 0xB2, A: 0xFF}
	Orange        = color.NRGBA{R: 0xE6, G: 0x9F, B: 0x00, A: 0xFF}
	BluishGreen   = color.NRGBA{R: 0x00, G: 0x9E, B: 0x73, A: 0xFF}
	ReddishPurple = color.NRGBA{R: 0xCC, G: 0x79, B: 0xA7, A: 0xFF}
	SkyBlue       = color.NRGBA{R: 0x56, G: 0xB4, B: 0xE9, A: 0xFF}
	Vermillion    = color.NRGBA{R: 0xD5, G: 0x5E, B: 0x00, A: 0xFF}

	Ink   = color.NRGBA{R: 0x22, G: 0x22, B: 0x22, A: 0xFF}
	Slate = color.NRGBA{R: 0x59, G: 0x59, B: 0x59, A: 0xFF} // second-rank text; 7:1 on white
	Stone = color.NRGBA{R: 0x8C, G: 0x8C, B: 0x8C, A: 0xFF} // fault bars, what belongs to no client
	Mist  = color.NRGBA{R: 0xE4, G: 0xE4, B: 0xE4, A: 0xFF} // pauses, the account's balance
	Haze  = color.NRGBA{R: 0xF0, G: 0xF0, B: 0xF0, A: 0xFF} // grid
	White = color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}

	// violationTint is laid over everything else, so it must let it show through.
	ViolationTint = color.NRGBA{R: 0xD5, G: 0x5E, B: 0x00, A: 0x2E}
)

var clientColours = [...]color.NRGBA{Blue, Orange, BluishGreen, ReddishPurple, SkyBlue}

// ClientColour is the colour of the client with this index in the header; from the sixth
// client on colours come round again, and the lane's name tells clients apart.
func ClientColour(client int) color.NRGBA {
	if client < 0 {
		return Stone
	}
	return clientColours[client%len(clientColours)]
}

// Tint mixes a colour with white; part is how much of the colour stays, 0 to 1.
func Tint(c color.NRGBA, part float64) color.NRGBA {
	c.A = uint8(255*part + 0.5)
	return Over(c, White)
}

// TextOn gives the colour of text that can be read on this background.
func TextOn(c color.NRGBA) color.NRGBA {
	luma := 0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)
	if luma < 0.42*255 {
		return White
	}
	return Ink
}

// Over gives what a see-through colour looks like on a ground.
func Over(c, ground color.NRGBA) color.NRGBA {
	part := float64(c.A) / 255
	mix := func(top, below uint8) uint8 { return uint8(float64(top)*part + float64(below)*(1-part) + 0.5) }
	return color.NRGBA{R: mix(c.R, ground.R), G: mix(c.G, ground.G), B: mix(c.B, ground.B), A: 0xFF}
}
