package margin

import (
	"math"
	"strings"
	"testing"
)

func TestFormulas(t *testing.T) {
	given := map[string]float64{"ttl": 5, "think": 4, "retry": 0.25, "scan": 0, never: math.Inf(1)}
	for text, want := range map[string]float64{
		"ttl - think":                     1,
		"ttl - think + 1.5*retry":         1.375,
		"100*(ttl/think - 1)":             25,
		"-think + ttl":                    1,
		"min(think, ttl/3)":               5.0 / 3,
		"max(1, 2, 3)":                    3,
		"mod(think, ttl/3)":               2.0 / 3,
		"whole(ttl/3, 0.5)":               2,
		"whole(ttl/3, scan)":              5.0 / 3,
		"below(think, ttl, 1, never)":     1,
		"below(ttl, think, 1, never)":     math.Inf(1),
		"below(ttl, think, 1, never) + 1": math.Inf(1),
		"resent(0, 2)":                    1.4, // at 0.2, 0.6, 1.4, 3, …
		"resent(0.5, 15.5)":               13.1,
		"resent(2, 2.1)":                  2, // not once
		"resent(0, 3)":                    3,
		"gap(2.5)":                        1.1, // from 1.4 on
		"gap(1.5)":                        0.8, // from 0.6 to 1.4
		"gap(0.1)":                        0.1,
		never:                             math.Inf(1),
		"0":                               0,
	} {
		f, err := parseFormula(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := f.value(given); err != nil || math.Abs(got-want) > 1e-9 && got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"ttl -":        "is not a formula",
		"ttl & think":  "none of + - * /",
		"lease":        "there is no lease",
		"mod(ttl)":     "calls mod with 1 numbers",
		"chance + ttl": "there is no chance",
		"sin(ttl)":     "calls sin",
		`"ttl"`:        "something besides numbers",
		"ttl.x(think)": "has no name",
	} {
		f, err := parseFormula(text)
		if err == nil {
			_, err = f.value(given)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}
