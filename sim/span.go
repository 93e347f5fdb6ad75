package sim

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strings"
	"time"
)

// Span is a length of time: absolute, in units of the lease, or the sum of both. Units of the
// lease let one script serve a 10 s virtual lease and a 2 s live one.
type Span struct {
	abs  time.Duration
	ttls int64 // billionths of a lease
	text string
}

const billion = 1_000_000_000

// ErrSpan describes the syntax of a span; ParseSpan wraps it.
var ErrSpan = errors.New(`expected a length of time such as "250ms", "10s", "1m30s" or "1.5ttl"`)

// ParseSpan parses "250ms", "10s", "0" or "1.5ttl". It refuses negative spans.
func ParseSpan(text string) (Span, error) {
	if number, ok := strings.CutSuffix(text, "ttl"); ok {
		n, ok := new(big.Rat).SetString(number)
		if !ok || strings.Trim(number, "0123456789.") != "" { // big.Rat also reads "1/3", "0b1" and "1p2"
			return Span{}, fmt.Errorf("%q is not a length of time: %w", text, ErrSpan)
		}
		n.Mul(n, big.NewRat(billion, 1))
		if !n.IsInt() || !n.Num().IsInt64() {
			return Span{}, fmt.Errorf("%q has too many digits: %w", text, ErrSpan)
		}
		return Span{ttls: n.Num().Int64(), text: text}, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") {
		return Span{}, fmt.Errorf("%q is not a length of time: %w", text, ErrSpan)
	}
	return Span{abs: d, text: text}, nil
}

// ParseSum parses what ParseSpan does, and sums such as "2ttl+7s", for things that take some
// fixed time besides the leases.
func ParseSum(text string) (Span, error) {
	sum := Span{text: text}
	for part := range strings.SplitSeq(text, "+") {
		span, err := ParseSpan(part)
		if err != nil {
			return Span{}, err
		}
		if sum.abs > Forever-span.abs || sum.ttls > math.MaxInt64-span.ttls {
			return Span{}, fmt.Errorf("%q has too many digits: %w", text, ErrSpan)
		}
		sum.abs, sum.ttls = sum.abs+span.abs, sum.ttls+span.ttls
	}
	return sum, nil
}

// MustSpan is ParseSpan for constants; it panics on an invalid one.
func MustSpan(text string) Span {
	s, err := ParseSpan(text)
	if err != nil {
		panic(err)
	}
	return s
}

// In returns the span as a duration under the given lease, capped at Forever.
func (s Span) In(ttl time.Duration) time.Duration {
	leases := scale(ttl, s.ttls)
	if leases > Forever-s.abs {
		return Forever
	}
	return leases + s.abs
}

// String returns the span as it was written.
func (s Span) String() string { return s.text }

// scale returns d × billionths / 1e9, rounded down and capped at Forever. Both must be ≥ 0.
func scale(d time.Duration, billionths int64) time.Duration {
	return mulDiv(d, billionths, billion)
}

// mulDiv returns d × num / den, rounded down and capped at Forever, without intermediate
// overflow. All three must be ≥ 0, and den above 0.
func mulDiv(d time.Duration, num, den int64) time.Duration {
	hi, lo := bits.Mul64(uint64(d), uint64(num))
	if hi >= uint64(den) {
		return Forever
	}
	q, _ := bits.Div64(hi, lo, uint64(den))
	if q > math.MaxInt64 {
		return Forever
	}
	return time.Duration(q)
}
