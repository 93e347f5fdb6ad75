package picturetest

import (
	"image/color"
	"math"
)

// linear is a colour in the linear sRGB space, with components from 0 to 1.
type linear [3]float64

// vision is a way in which people see colours.
type vision struct {
	name string
	sees func(linear) linear
}

// visions are normal sight and the three kinds of colour blindness at their full severity.
//
// The matrices are from Machado, Oliveira, Fernandes, "A Physiologically-based Model for
// Simulation of Color Vision Deficiency" (2009), severity 1.0. That model is known to be off for
// tritanopia, so there is also the model of Brettel, Viénot, Mollon, "Computerized simulation of
// color appearance for dichromats" (1997), with libDaltonLens's values for sRGB.
var visions = []vision{
	{"normal sight", func(c linear) linear { return c }},
	{"protanopia", matrix{
		0.152286, 1.052583, -0.204868,
		0.114503, 0.786281, 0.099216,
		-0.003882, -0.048116, 1.051998,
	}.times},
	{"deuteranopia", matrix{
		0.367322, 0.860646, -0.227968,
		0.280085, 0.672501, 0.047413,
		-0.011820, 0.042940, 0.968881,
	}.times},
	{"tritanopia", matrix{
		1.255528, -0.076749, -0.178779,
		-0.078411, 0.930809, 0.147602,
		0.004733, 0.691367, 0.303900,
	}.times},
	{"tritanopia (Brettel)", brettelTritan},
}

func brettelTritan(c linear) linear {
	if 0.03901*c[0]-0.02788*c[1]-0.01113*c[2] >= 0 {
		return matrix{
			1.01277, 0.13548, -0.14826,
			-0.01243, 0.86812, 0.14431,
			0.07589, 0.80500, 0.11911,
		}.times(c)
	}
	return matrix{
		0.93678, 0.18979, -0.12657,
		0.06154, 0.81526, 0.12320,
		-0.37562, 1.12767, 0.24796,
	}.times(c)
}

type matrix [9]float64

func (m matrix) times(c linear) (out linear) {
	for i := range out {
		out[i] = min(1, max(0, m[3*i]*c[0]+m[3*i+1]*c[1]+m[3*i+2]*c[2]))
	}
	return out
}

func linearOf(c color.NRGBA) (out linear) {
	for i, of := range []uint8{c.R, c.G, c.B} {
		v := float64(of) / 255
		if out[i] = v / 12.92; v > 0.04045 {
			out[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return out
}

// Apart returns how different two colours look to the people who can tell them apart the least,
// and who these people are. It measures in CIEDE2000, in which a difference of about 1 is just
// visible. In plain Lab, strong blues and reds count as further apart than people see them, and
// our colours are strong.
func Apart(a, b color.NRGBA) (least float64, to string) {
	least = math.Inf(1)
	for _, v := range visions {
		if d := ciede2000(labOf(v.sees(linearOf(a))), labOf(v.sees(linearOf(b)))); d < least {
			least, to = d, v.name
		}
	}
	return least, to
}

// lab is a colour in CIELAB, under D65.
type lab struct{ l, a, b float64 }

func labOf(c linear) lab {
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return lab{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// ciede2000 returns the difference between two colours as defined by Sharma, Wu and Dalal in
// "The CIEDE2000 Color-Difference Formula" (2005), with their names.
func ciede2000(first, second lab) float64 {
	mean7 := math.Pow((math.Hypot(first.a, first.b)+math.Hypot(second.a, second.b))/2, 7)
	g := 0.5 * (1 - math.Sqrt(mean7/(mean7+math.Pow(25, 7))))
	a1, a2 := (1+g)*first.a, (1+g)*second.a
	c1, c2 := math.Hypot(a1, first.b), math.Hypot(a2, second.b)
	h1, h2 := hue(a1, first.b), hue(a2, second.b)

	dh := h2 - h1
	hMean := (h1 + h2) / 2
	switch {
	case c1*c2 == 0:
		dh, hMean = 0, h1+h2
	case dh > 180:
		dh, hMean = dh-360, hMean+180
	case dh < -180:
		dh, hMean = dh+360, hMean+180
	}
	dL, dC, dH := second.l-first.l, c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(radians(dh/2))

	lMean, cMean := (first.l+second.l)/2, (c1+c2)/2
	t := 1 - 0.17*math.Cos(radians(hMean-30)) + 0.24*math.Cos(radians(2*hMean)) +
		0.32*math.Cos(radians(3*hMean+6)) - 0.20*math.Cos(radians(4*hMean-63))
	off := (lMean - 50) * (lMean - 50)
	sL, sC, sH := 1+0.015*off/math.Sqrt(20+off), 1+0.045*cMean, 1+0.015*cMean*t
	c7 := math.Pow(cMean, 7)
	turn := 30 * math.Exp(-math.Pow((hMean-275)/25, 2))
	rT := -2 * math.Sqrt(c7/(c7+math.Pow(25, 7))) * math.Sin(radians(2*turn))
	l, c, h := dL/sL, dC/sC, dH/sH
	return math.Sqrt(l*l + c*c + h*h + rT*c*h)
}

// hue returns an angle from 0 to 360.
func hue(a, b float64) float64 {
	h := math.Atan2(b, a) * 180 / math.Pi
	if h < 0 {
		h += 360
	}
	return h
}

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }
