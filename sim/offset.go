package sim

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Offset is a Span forward or back: "5s", "+1ttl", "-250ms".
type Offset struct {
	span Span
	back bool
	text string
}

// ErrOffset describes the syntax of an offset; ParseOffset wraps it.
var ErrOffset = errors.New(`expected a length of time such as "5s" or "1.5ttl", with "-" before it to go back`)

// ParseOffset parses "5s", "+5s" or "-0.5ttl".
func ParseOffset(text string) (Offset, error) {
	bare, back := strings.CutPrefix(text, "-")
	if !back {
		bare = strings.TrimPrefix(text, "+")
	}
	span, err := ParseSpan(bare)
	if err != nil {
		return Offset{}, fmt.Errorf("%q is not a step of a clock: %w", text, ErrOffset)
	}
	return Offset{span: span, back: back, text: text}, nil
}

// In returns the offset as a duration under the given lease; it is negative if the offset goes
// back.
func (o Offset) In(ttl time.Duration) time.Duration {
	if o.back {
		return -o.span.In(ttl)
	}
	return o.span.In(ttl)
}

// Size returns the offset without its sign.
func (o Offset) Size() Span { return o.span }

// Back reports whether the offset goes back.
func (o Offset) Back() bool { return o.back }

// String returns the offset as it was written.
func (o Offset) String() string { return o.text }
