package sim

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every history ever written depends on these numbers: if one changes, no trial can be replayed.
func TestRandomStreamsNeverChange(t *testing.T) {
	for _, each := range []struct {
		seed uint64
		name string
		want []uint64
	}{
		{1, "", []uint64{12999725452524378260, 4028895173174512302, 14060471148796655582}},
		{1, "client-1", []uint64{11713460211985189420, 17106582170881426594, 10233260570674583175}},
		{2, "client-1", []uint64{4030355513507724295}},
	} {
		r := NewRandom(each.seed, each.name)
		for i, want := range each.want {
			if got := r.Uint64(); got != want {
				t.Errorf("number %d of stream %q of seed %d is %d, want %d", i+1, each.name, each.seed, got, want)
			}
		}
	}
	r := NewRandom(1, "client-1")
	var got []float64
	for range 2 {
		got = append(got, r.Float64())
	}
	if want := []float64{11713460211985189420 >> 11 / float64(1<<53), 17106582170881426594 >> 11 / float64(1<<53)}; !slices.Equal(got, want) {
		t.Errorf("floats are %v, want %v", got, want)
	}
}

// drawing is a host of which only the random stream is used.
type drawing struct {
	Host
	number uint64
}

func (d drawing) Uint64() uint64 { return d.number }

func TestBetweenReachesBothEndsAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "lo"))
		width := rapid.Int64Range(0, 1e12).Draw(t, "width")
		hi := lo + time.Duration(width)
		if got := Between(drawing{number: rapid.Uint64().Draw(t, "number")}, lo, hi); got < lo || got > hi {
			t.Errorf("%v is not in [%v, %v]", got, lo, hi)
		}
		if got := Between(drawing{number: 0}, lo, hi); got != lo {
			t.Errorf("the smallest is %v, want %v", got, lo)
		}
		if got := Between(drawing{number: uint64(width)}, lo, hi); got != hi {
			t.Errorf("the largest is %v, want %v", got, hi)
		}
	})
	if got := Between(drawing{number: 7}, 5, 3); got != 5 {
		t.Errorf("from 5 down to 3 it draws %d, want 5", got)
	}
}
