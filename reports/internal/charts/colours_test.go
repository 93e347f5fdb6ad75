package charts

import (
	"image/color"
	"testing"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/reports/internal/picturetest"
)

// Fillings in the charts can be told apart with every kind of colour blindness, on both papers,
// wherever only the filling carries the meaning.
func TestFillingsOfDifferentMeaningAreToldApartByEverybody(t *testing.T) {
	type filling struct {
		of string
		canvas.Colour
	}
	paper, nothing := filling{"paper", canvas.Ground}, filling{"what cannot be told", ground(undecided)}
	for _, chart := range [][]filling{
		{paper, nothing, {"no harm", ground(whole)}, {"harm sometimes", ground(sometimes)}, {"harm always", ground(always)}},
		{paper, {"turned away", turnedAway}, {"served", canvas.Green}, {"money lost", canvas.Violation}, {"two holders", canvas.Blue}},
		{paper, {"undecided", batteryGround(battery.Untold)}, {"nothing lost", batteryGround(battery.Unharmed)}, {"lock broken", batteryGround(battery.Broken)},
			{"lost sometimes", batteryGround(battery.LostSometimes)}, {"lost always", batteryGround(battery.LostAlways)}},
		{paper, {"interval", canvas.Ink}, {"two holders", twoHolders}, {"money lost", canvas.Violation}},
		{{"money lost", canvas.Violation}, {"interval on it", canvas.TextOn(canvas.Violation)}},
	} {
		for _, dark := range []bool{false, true} {
			of := func(f filling) color.NRGBA {
				if dark {
					return f.Dark
				}
				return f.Light
			}
			for i, a := range chart {
				for _, b := range chart[:i] {
					if d, to := picturetest.Apart(of(a), of(b)); d < 5 {
						t.Errorf("%s (%v) and %s (%v) differ by %.1f to people with %s, want 5", a.of, of(a), b.of, of(b), d, to)
					}
				}
			}
		}
	}
	for _, s := range []state{undecided, whole, sometimes, always} {
		c := ground(s)
		text := canvas.TextOn(c)
		if light, dark := canvas.Contrast(text.Light, c.Light), canvas.Contrast(text.Dark, c.Dark); light < 4.5 || dark < 4.5 {
			t.Errorf("the contrast of a square's words with %v is %.2f, on dark %.2f; want 4.5", c, light, dark)
		}
	}
	for _, s := range []battery.State{battery.Untold, battery.Unharmed, battery.Broken, battery.LostSometimes, battery.LostAlways} {
		c := batteryGround(s)
		text := canvas.TextOn(c)
		if light, dark := canvas.Contrast(text.Light, c.Light), canvas.Contrast(text.Dark, c.Dark); light < 4.5 || dark < 4.5 {
			t.Errorf("the contrast of a sign with %v is %.2f, on dark %.2f; want 4.5", c, light, dark)
		}
	}
	for i, c := range lineColours {
		if c == canvas.Violation {
			t.Errorf("line %d has the colour of a violation", i)
		}
	}
}
