package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// headline says which trial this is.
func headline(h sim.Header) (title, subtitle string) {
	title = fmt.Sprintf("%s · %s · guard %s", h.Scenario, h.Backend, h.Guard)
	subtitle = fmt.Sprintf("%s world, seed %d, lease %s", h.World, h.Seed, seconds(h.TTL))
	return title, subtitle
}

// gravity orders what is said first: why the trial means nothing, then what it cost,
// then how it came about.
var gravity = []check.Property{
	check.RecordingSane, check.FaultsHappened,
	check.LostUpdate, check.DuplicateEffect, check.StaleWrite, check.FreshRefused, check.TokenOrder,
	check.ForeignRelease, check.OverlapValid, check.Overlap, check.Availability,
}

// always are the properties that every trial says something of. That nobody was seen to
// free a lock, or no token was issued, is nothing to put above a picture.
var always = []check.Property{check.LostUpdate, check.StaleWrite, check.OverlapValid, check.Overlap, check.Availability}

// verdict says in one sentence how the trial came out, and whether that is a violation.
func verdict(findings []check.Finding) (sentence string, violated bool) {
	for _, p := range check.Preconditions() {
		for _, f := range findings {
			if f.Property == p && f.Verdict != check.Holds {
				return sentenceOf("undecided, "+string(p), f.Why), false
			}
		}
	}
	for _, p := range gravity {
		for _, f := range findings {
			if f.Property == p && f.Verdict == check.Violated {
				return sentenceOf(spoken(p), f.Why) + consolation(findings), true
			}
		}
	}
	for _, f := range findings {
		if f.Verdict == check.Undecided && slices.Contains(always, f.Property) {
			return sentenceOf("undecided, "+spoken(f.Property), f.Why), false
		}
	}
	if len(findings) == 0 {
		return "This trial was not judged.", false
	}
	return "Nothing was violated.", false
}

// consolation says that the money is safe, where it is.
func consolation(findings []check.Finding) string {
	for _, f := range findings {
		if f.Property == check.LostUpdate && f.Verdict == check.Holds {
			return " No acknowledged withdrawal was lost."
		}
	}
	return ""
}

func sentenceOf(what, why string) string {
	if why == "" {
		return what
	}
	if strings.ContainsAny(why[len(why)-1:], ".!?") {
		return what + ": " + why
	}
	return what + ": " + why + "."
}

// spoken gives a property's name as people say it: "lost update".
func spoken(p check.Property) string { return strings.ReplaceAll(string(p), "-", " ") }

// seconds writes a length of time with three digits that count: "15 s", "0.25 s", "3 ms".
func seconds(d time.Duration) string {
	switch abs := d.Abs(); {
	case d == 0:
		return "0 s"
	case abs < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case abs < time.Millisecond:
		return threeDigits(float64(d)/1e3) + " µs"
	case abs < 100*time.Millisecond:
		return threeDigits(float64(d)/1e6) + " ms"
	}
	return threeDigits(d.Seconds()) + " s"
}

// threeDigits rounds to three digits that count and leaves out zeros behind the point.
func threeDigits(x float64) string {
	decimals := 2
	switch {
	case x >= 100 || x <= -100:
		decimals = 0
	case x >= 10 || x <= -10:
		decimals = 1
	}
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
