package bound

import (
	"fmt"
	"strings"
	"time"

	"github.com/locklab/locklab/scenarios/strict"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Bound is one end of a range.
type Bound struct {
	spans  []sim.Span // for a length of time: the lengths that are added
	less   []sim.Span // for a length of time: the lengths that are subtracted
	number float64    // for any other measure
	text   string
}

// String returns the bound as it was written.
func (b Bound) String() string { return b.text }

// In returns the bound in the measure's unit under this lease. The unit of a length of time is the
// second.
func (b Bound) In(ttl time.Duration, m check.Measure) float64 {
	if m.Unit() == check.Seconds {
		var sum, less time.Duration
		for _, s := range b.spans {
			sum = sim.AddCapped(sum, s.In(ttl))
		}
		for _, s := range b.less {
			less = sim.AddCapped(less, s.In(ttl))
		}
		return (sum - less).Seconds()
	}
	return b.number
}

// Bad is the error of Parse: what is wrong with an end of a range.
type Bad struct{ Found, Expected string }

func (b *Bad) Error() string { return b.Found + ", expected " + b.Expected }

// Parse parses an end of a range as a script writes it. Its error is a *Bad.
func Parse(m check.Measure, text string) (Bound, error) {
	b, wrong := parse(m, text)
	if wrong != nil {
		return b, wrong
	}
	return b, nil
}

// parse parses an end of a range. For a measure that is not a length of time it accepts only a
// number, and for a share none above 1.
func parse(m check.Measure, text string) (Bound, *Bad) {
	b := Bound{text: text}
	if m.Unit() == check.Seconds {
		wrong := b.parseSum(m)
		return b, wrong
	}
	n, ok := strict.Decimal(text)
	if ok {
		b.number, _ = n.Float64()
	}
	switch {
	case m.Unit() == check.Share && (!ok || b.number > 1):
		return b, &Bad{fmt.Sprintf("%s is a share, and %s is not one", m, strict.Quoted(text)), "a number from 0 to 1, such as 0.5"}
	case !ok:
		return b, &Bad{fmt.Sprintf("%s is a number, and %s is not a valid value", m, strict.Quoted(text)), "a number such as 0.5, not below 0"}
	}
	return b, nil
}

// parseSum parses lengths of time that are added: "1ttl+600ms". If the measure can be below 0, they
// may also be subtracted: "-0.3ttl".
func (b *Bound) parseSum(m check.Measure) *Bad {
	shape := strict.SpanShape() + `, or a sum such as "1ttl+600ms"`
	if m.Signed() {
		shape = strict.SpanShape() + `, which may be negative, such as "-0.3ttl", or a sum such as "1ttl+600ms" or "1ttl-600ms"`
	}
	for rest, sign := b.text, byte('+'); ; {
		if m.Signed() && strings.HasPrefix(rest, "-") && len(rest) == len(b.text) {
			sign, rest = '-', rest[1:]
		}
		signs := "+"
		if m.Signed() {
			signs = "+-"
		}
		part := rest
		end := strings.IndexAny(rest, signs)
		if end >= 0 {
			part = rest[:end]
		}
		span, err := sim.ParseSpan(part)
		if err != nil {
			return &Bad{fmt.Sprintf("%s is measured in time, and %s is not a length of time", m, strict.Quoted(b.text)), shape}
		}
		if sign == '-' {
			b.less = append(b.less, span)
		} else {
			b.spans = append(b.spans, span)
		}
		if end < 0 {
			return nil
		}
		sign, rest = rest[end], rest[end+1:]
	}
}
