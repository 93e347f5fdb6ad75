package picturetest

import (
	"image/color"
	"math"
	"testing"
)

// The pairs are from table 1 of Sharma, Wu and Dalal, and cover each kind that it tests.
func TestColoursDifferByAsMuchAsInThePublishedTable(t *testing.T) {
	for _, c := range []struct {
		a, b lab
		want float64
	}{
		{lab{50, 2.6772, -79.7751}, lab{50, 0, -82.7485}, 2.0425},
		{lab{50, 0, 0}, lab{50, -1, 2}, 2.3669},
		{lab{50, 2.49, -0.001}, lab{50, -2.49, 0.0009}, 7.1792},
		{lab{50, 2.49, -0.001}, lab{50, -2.49, 0.0011}, 7.2195},
		{lab{50, 2.5, 0}, lab{50, 0, -2.5}, 4.3065},
		{lab{50, 2.5, 0}, lab{73, 25, -18}, 27.1492},
		{lab{50, 2.5, 0}, lab{58, 24, 15}, 19.4535},
		{lab{50, 2.5, 0}, lab{50, 3.2972, 0}, 1},
		{lab{60.2574, -34.0099, 36.2677}, lab{60.4626, -34.1751, 39.4387}, 1.2644},
		{lab{22.7233, 20.0904, -46.6940}, lab{23.0331, 14.9730, -42.5619}, 2.0373},
		{lab{36.4612, 47.8580, 18.3852}, lab{36.2715, 50.5065, 21.2231}, 1.4146},
		{lab{90.9257, -0.5406, -0.9208}, lab{88.6381, -0.8985, -0.7239}, 1.5381},
		{lab{2.0776, 0.0795, -1.1350}, lab{0.9033, -0.0636, -0.5514}, 0.9082},
	} {
		if got := ciede2000(c.a, c.b); math.Abs(got-c.want) > 0.00006 {
			t.Errorf("%v and %v differ by %.4f, want %.4f", c.a, c.b, got, c.want)
		}
		if there, back := ciede2000(c.a, c.b), ciede2000(c.b, c.a); math.Abs(there-back) > 1e-9 {
			t.Errorf("%v and %v differ by %g, and the other way round by %g", c.a, c.b, there, back)
		}
	}
}

// Colours that some people confuse are close for them, and for nobody else. Grey is grey to
// everybody.
func TestEachKindOfColourBlindnessConfusesItsOwnColours(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b color.NRGBA
		to   string
	}{
		{"red and dark green", color.NRGBA{0xC0, 0x40, 0x40, 0xFF}, color.NRGBA{0x40, 0x60, 0x40, 0xFF}, "protanopia"},
		{"green and crimson", color.NRGBA{0x60, 0xA0, 0x60, 0xFF}, color.NRGBA{0xF8, 0x00, 0x68, 0xFF}, "deuteranopia"},
		{"teal and green", color.NRGBA{0x40, 0x90, 0xA0, 0xFF}, color.NRGBA{0x30, 0xA0, 0x00, 0xFF}, "tritanopia (Brettel)"},
	} {
		least, to := Apart(c.a, c.b)
		if normal := ciede2000(labOf(linearOf(c.a)), labOf(linearOf(c.b))); to != c.to || least > normal/2 {
			t.Errorf("%s differ by %.1f, and by %.1f to those with %s", c.name, normal, least, to)
		}
	}
	for _, v := range visions {
		grey := v.sees(linear{0.4, 0.4, 0.4})
		for _, part := range grey {
			if math.Abs(part-0.4) > 0.002 {
				t.Errorf("%s: grey looks like %v", v.name, grey)
			}
		}
	}
}
