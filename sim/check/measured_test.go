package check

import (
	"encoding/json"
	"testing"
)

func TestManyValuesHaveAMeanAndPercentilesThatWereMeasured(t *testing.T) {
	upTo := func(n int) (values []float64) {
		for i := range n {
			values = append(values, float64(n-i)) // in descending order
		}
		return values
	}
	for _, c := range []struct {
		name   string
		values []float64
		want   Measured
	}{
		{"two values", []float64{4, 1}, Measured{Wait, 2, 1, 4, 2.5, 1, 4}},
		{"three values", []float64{3, 8, 1}, Measured{Wait, 3, 1, 8, 4, 3, 8}},
		{"the same twice", []float64{0, 0}, Measured{Wait, 2, 0, 0, 0, 0, 0}},
		{"99 values: the 99th percentile is the highest", upTo(99), Measured{Wait, 99, 1, 99, 50, 50, 99}},
		{"100 values: it is the second highest", upTo(100), Measured{Wait, 100, 1, 100, 50.5, 50, 99}},
		{"200 values", upTo(200), Measured{Wait, 200, 1, 200, 100.5, 100, 198}},
		{"201 values", upTo(201), Measured{Wait, 201, 1, 201, 101, 101, 199}},
	} {
		t.Run(c.name, func(t *testing.T) {
			first := c.values[0]
			got := measured(Wait, c.values)
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if got.Full() != got {
				t.Errorf("Full makes something else of several values: %+v", got.Full())
			}
			if c.values[0] != first {
				t.Error("the values were put into another order")
			}
		})
	}
}

func TestTheRowOfASingleValueIsShort(t *testing.T) {
	m := measured(Wait, []float64{0.5})
	row, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(row), `{"measure":"wait","count":1,"least":0.5,"most":0.5}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := m.Full(), (Measured{Wait, 1, 0.5, 0.5, 0.5, 0.5, 0.5}); got != want {
		t.Errorf("in full it is %+v, want %+v", got, want)
	}
}

func TestTheRowOfSeveralValuesSaysHowTheyAreSpread(t *testing.T) {
	row, err := json.Marshal(measured(Wait, []float64{1, 2, 6}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(row), `{"measure":"wait","count":3,"least":1,"most":6,"mean":3,"p50":2,"p99":6}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
