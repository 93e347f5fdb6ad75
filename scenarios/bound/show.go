package bound

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim/check"
)

// shownDigits is how many digits reports show after the decimal point of a measured value.
const shownDigits = 3

// scale is a unit in which lengths of time are shown.
type scale struct {
	name string
	one  time.Duration // one of the unit; 0 for a lease
}

var leases = scale{name: "ttl"}

// scales lists the units, other than leases, in which a script can write a length of time.
var scales = []scale{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"µs", time.Microsecond}, {"μs", time.Microsecond}, {"ms", time.Millisecond},
	{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour},
}

// ShowMeasured formats measured values as reports show them if nothing says which unit to use:
// lengths of time are in leases, "1.02ttl to 1.05ttl".
func ShowMeasured(m check.Measured, ttl time.Duration) string {
	return showMeasured(m, ttl, leases, shownDigits)
}

// Show formats measured values in the unit of the range: if the bound is 5ms, they are shown in
// milliseconds.
func (r Range) Show(m check.Measured, ttl time.Duration) string {
	return r.show(m, ttl, r.To, shownDigits)
}

// show formats m in the unit of one end of the range. An end that is a sum of leases and something
// else has two units, and m is shown in both. An end that is 0 has none; show then uses those of
// the other end.
func (r Range) show(m check.Measured, ttl time.Duration, end Bound, digits int) string {
	in := end.scales()
	if len(in) == 0 {
		in = append(r.From.scales(), r.To.scales()...)
	}
	if len(in) == 0 || !slices.Contains(in, leases) {
		return showMeasured(m, ttl, append(in, leases)[0], digits)
	}
	text := showMeasured(m, ttl, leases, digits)
	if i := slices.IndexFunc(in, func(s scale) bool { return s != leases }); i >= 0 {
		text += ", that is " + showMeasured(m, ttl, in[i], digits)
	}
	return text
}

// scales returns the units in which the bound is written. A length of 0 has none.
func (b Bound) scales() (out []scale) {
	for _, span := range slices.Concat(b.spans, b.less) {
		text := span.String()
		switch {
		case strings.HasSuffix(text, leases.name):
			out = append(out, leases)
		case span.In(time.Hour) > 0:
			out = append(out, scaleOf(text))
		}
	}
	return out
}

// scaleOf returns the last unit of a length of time, which is the finest: seconds for 1m30s.
func scaleOf(text string) scale {
	name := strings.TrimLeft(text[strings.LastIndexAny(text, "0123456789.")+1:], " ")
	i := slices.IndexFunc(scales, func(s scale) bool { return s.name == name })
	if i < 0 {
		panic("a length of time in an unknown unit: " + text)
	}
	return scales[i]
}

func showMeasured(m check.Measured, ttl time.Duration, in scale, digits int) string {
	least, most := showValue(m.Measure, m.Least, ttl, in, digits), showValue(m.Measure, m.Most, ttl, in, digits)
	if least != most {
		return least + " to " + most
	}
	return least
}

func showValue(m check.Measure, v float64, ttl time.Duration, in scale, digits int) string {
	if m.Unit() != check.Seconds {
		return strconv.FormatFloat(v, 'g', digits+1, 64)
	}
	if in == leases {
		return strconv.FormatFloat(v/ttl.Seconds(), 'f', digits, 64) + in.name
	}
	text := strconv.FormatFloat(v/in.one.Seconds(), 'f', digits, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + in.name
}

// ShowMiss formats values that miss the range, in the unit of the end that they miss. It adds
// digits until the miss is visible: "0.9995ttl" where the range begins at 1ttl.
func (r Range) ShowMiss(m check.Measured, ttl time.Duration) string {
	const nanoseconds = 9 // digits enough for a nanosecond with a lease of a second
	miss, end := m.Least, r.From
	if miss >= end.In(ttl, r.Measure) {
		miss, end = m.Most, r.To
	}
	edge := end.In(ttl, r.Measure)
	same := func(digits int) bool {
		at := func(v float64) string {
			return r.show(check.Measured{Measure: m.Measure, Least: v, Most: v}, ttl, end, digits)
		}
		return at(miss) == at(edge)
	}
	digits := shownDigits
	for digits < nanoseconds && same(digits) {
		digits++
	}
	return r.show(m, ttl, end, digits)
}
