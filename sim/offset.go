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

// ErrOffset says what an offset looks like; ParseOffset wraps it.
var ErrOffset = errors.New(`expected a length of time such as "5s" or "1.5ttl", with "-" before it to go back`)

// ParseOffset reads "5s", "+5s", "-0.5ttl".
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

// In gives the offset as a duration under this lease, negative when it goes back.
func (o Offset) In(ttl time.Duration) time.Duration {
	if o.back {
		return -o.span.In(ttl)
	}
	return o.span.In(ttl)
}

// Size is how far it goes, whichever way.
func (o Offset) Size() Span { return o.span }

// Back tells whether it goes back.
func (o Offset) Back() bool { return o.back }

// String gives the offset as it was written.
func (o Offset) String() string { return o.text }
