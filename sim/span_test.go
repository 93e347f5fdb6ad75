package sim

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestASpanIsAbsoluteOrInLeases(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0":              0,
		"250ms":          250 * time.Millisecond,
		"10s":            10 * time.Second,
		"1m30s":          90 * time.Second,
		"0ttl":           0,
		"1ttl":           8 * time.Second,
		"1.5ttl":         12 * time.Second,
		".25ttl":         2 * time.Second,
		"0.000000001ttl": 8,
	} {
		s, err := ParseSpan(text)
		if err != nil || s.In(8*time.Second) != want || s.String() != text {
			t.Errorf("%q is %v as %q (%v), want %v", text, s.In(8*time.Second), s, err, want)
		}
	}
}

func TestWhatIsNoSpanIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "10", "ttl", " 1s", "1s ", "1 s", "-1s", "+1s", "-0", "1h-1m", "1.5", "ten", "1TTL",
		"-1ttl", "+1ttl", "1 ttl", "1/2ttl", "1e3ttl", "0x1ttl", "0b1ttl", "0o7ttl", "1p2ttl", "1_0ttl", "1.2.3ttl", ".ttl", "Infttl", "1.5ttls",
	} {
		_, err := ParseSpan(text)
		if !errors.Is(err, ErrSpan) {
			t.Errorf("%q: got %v", text, err)
			continue
		}
		if want := `"` + text + `" is not a length of time: expected a length of time such as "250ms", "10s", "1m30s" or "1.5ttl"`; err.Error() != want {
			t.Errorf("%q:\n   got %s\n  want %s", text, err, want)
		}
	}
	for _, text := range []string{"0.0000000001ttl", "9223372037ttl"} {
		if _, err := ParseSpan(text); !errors.Is(err, ErrSpan) || !strings.Contains(err.Error(), "too many digits") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestASumIsOfLeasesAndOfTimeBesides(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0":                                     0,
		"1.5ttl":                                12 * time.Second,
		"250ms":                                 250 * time.Millisecond,
		"0.5ttl+6s":                             10 * time.Second,
		"6s+0.5ttl":                             10 * time.Second,
		"1ttl+1ttl+1s":                          17 * time.Second,
		"1ttl+1s+0":                             9 * time.Second,
		"1000000000ttl+2500000h":                Forever,
		"9223372036ttl+9223372036s+854775807ns": Forever,
	} {
		s, err := ParseSum(text)
		if err != nil || s.In(8*time.Second) != want || s.String() != text {
			t.Errorf("%q is %v as %q (%v), want %v", text, s.In(8*time.Second), s, err, want)
		}
	}
	for _, text := range []string{"", "+", "1s+", "+1s", "1ttl+ 1s", "1ttl-1s", "1ttl+-1s", "1ttl++1s", "1ttl+soon"} {
		if _, err := ParseSum(text); !errors.Is(err, ErrSpan) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for _, text := range []string{"2500000h+2500000h", "9223372036ttl+9223372036ttl"} {
		if _, err := ParseSum(text); !errors.Is(err, ErrSpan) || !strings.Contains(err.Error(), "too many digits") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestMustSpanPanicsOnABadConstant(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it did not")
		}
	}()
	MustSpan("soon")
}

func TestASpanInLeasesGrowsWithTheLeaseAndNeverOverflows(t *testing.T) {
	if got := MustSpan("9223372036ttl").In(Forever); got != Forever {
		t.Errorf("an absurd span is %v, want Forever", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		span := Span{ttls: rapid.Int64Range(0, 1<<62).Draw(t, "ttls"), abs: time.Duration(rapid.Int64Range(0, 1<<62).Draw(t, "abs"))}
		ttl := time.Duration(rapid.Int64Range(0, 1<<62).Draw(t, "ttl"))
		short, long := span.In(ttl), span.In(ttl+time.Duration(rapid.Int64Range(0, 1<<61).Draw(t, "more")))
		if short < 0 || long < short {
			t.Errorf("%d billionths of %v and %v are %v, of a longer lease %v", span.ttls, ttl, span.abs, short, long)
		}
	})
}
