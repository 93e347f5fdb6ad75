package bound

import (
	"math"
	"testing"
	"time"

	"github.com/locklab/locklab/sim/check"
)

func TestABoundIsASumOfLengthsOrANumber(t *testing.T) {
	for _, c := range []struct {
		measure check.Measure
		text    string
		want    float64
	}{
		{check.LeaseLength, "1ttl", 2},
		{check.LeaseLength, "1ttl+600ms", 2.6},
		{check.Wait, "0s", 0},
		{check.LostShare, "0.5", 0.5},
	} {
		b, err := Parse(c.measure, c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.In(2*time.Second, c.measure); math.Abs(got-c.want) > 1e-12 || b.String() != c.text {
			t.Errorf("%s is %v (%s), expected %v", c.text, got, b, c.want)
		}
	}
	for measure, text := range map[check.Measure]string{check.LostShare: "1.5", check.LeaseLength: "1ttl-1s", check.Wait: "soon"} {
		if _, err := Parse(measure, text); err == nil {
			t.Errorf("%s was accepted as a bound of %s", text, measure)
		}
	}
}
