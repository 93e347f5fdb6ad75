package words

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
	"github.com/locklab/locklab/sim/trace"
)

// Headline returns a title and a subtitle that say which trial this is.
func Headline(h sim.Header) (title, subtitle string) {
	title = fmt.Sprintf("%s · %s · guard %s", h.Scenario, h.Backend, h.Guard)
	if d := outcome.Unusual(h.Discipline); d != "" {
		title += " · clients " + d
	}
	subtitle = fmt.Sprintf("%s world, seed %d, lease %s", h.World, h.Seed, Seconds(h.TTL))
	return title, subtitle
}

// Heading returns what stands above the picture of a trial: the title of its scenario, and which
// trial it is. Without a title, the scenario's name has to do.
func Heading(h sim.Header, title string) (heading, subtitle string) {
	name, rest := Headline(h)
	if title == "" {
		return name, rest
	}
	return title, name + " · " + rest
}

// AddsOnly reports whether the clients of a trial add elements to a set. Nobody then takes the
// lock, and there is no account.
func AddsOnly(h *sim.History) bool {
	return slices.ContainsFunc(h.Events, func(e sim.Event) bool { return e.Kind == sim.Add })
}

// Verdict says how the trial came out, and whether that is a violation. If money was lost or
// something was done twice, the sentence also says what would be right. If a guard saved the
// account, it says so.
func Verdict(h *sim.History, findings []check.Finding) (sentence string, violated bool) {
	if len(findings) == 0 {
		return "This trial was not judged.", false
	}
	for _, p := range check.Preconditions() {
		for _, f := range findings {
			if f.Property == p && f.Verdict != check.Holds {
				return sentenceOf("undecided, "+string(p), f.Why), false
			}
		}
	}
	if saved := rescue(h, findings); saved != "" {
		return saved + allTheSame(Telling(h, findings)), false
	}
	for _, f := range ByGravity(findings) {
		if f.Verdict == check.Violated {
			return sentenceOf(Property(f.Property), inShort(f)) + consolation(f, findings) + ending(h), true
		}
	}
	for _, f := range findings {
		if f.Verdict == check.Undecided && f.Property.Row().Always && (f.Property == check.LostUpdate || !AddsOnly(h)) {
			return sentenceOf("undecided, "+Property(f.Property), f.Why), false
		}
	}
	return "Nothing was violated.", false
}

// inShort leaves out the figures by phase and client that follow the sentence about a client's
// long wait: they are for tables.
func inShort(f check.Finding) string {
	if f.Property != check.Availability {
		return f.Why
	}
	short, _, _ := strings.Cut(f.Why, " (")
	return short
}

// allTheSame names what was violated although the account was saved.
func allTheSame(findings []check.Finding) string {
	var names []string
	for _, f := range ByGravity(findings) {
		if f.Verdict == check.Violated {
			names = append(names, Property(f.Property))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " Violated nevertheless: " + strings.Join(names, ", ") + "."
}

// consolation says that the money is safe, if it is. It says nothing if
// an effect was applied twice.
func consolation(told check.Finding, findings []check.Finding) string {
	if told.Property == check.DuplicateEffect {
		return ""
	}
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

// Telling leaves out what another finding already says: that two clients were at work at once,
// if two believed at the same times that they held the lock.
func Telling(h *sim.History, findings []check.Finding) []check.Finding {
	violated := func(p check.Property) bool {
		return slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Property == p && f.Verdict == check.Violated })
	}
	if !violated(check.Overlap) || !violated(check.WorkOverlap) || !alike(h, check.AtOnce(h, check.Overlap), check.AtOnce(h, check.WorkOverlap)) {
		return findings
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f check.Finding) bool { return f.Property == check.WorkOverlap })
}

// alike reports whether two lists of times are the same. On a real machine, a client needs a
// moment to stop when it is told to, and to release the lock when it has stopped.
func alike(h *sim.History, a, b []trace.Stretch) bool {
	const moment = 50 * time.Millisecond
	within := time.Duration(0)
	if h.Header.World == "live" {
		within = moment
	}
	return slices.EqualFunc(a, b, func(x, y trace.Stretch) bool {
		return (x.From-y.From).Abs() <= within && (x.To-y.To).Abs() <= within
	})
}

// Gravest returns the violation that is told first, whatever the preconditions were.
func Gravest(findings []check.Finding) (check.Finding, bool) {
	for _, f := range ByGravity(findings) {
		if f.Verdict == check.Violated && f.Property.Row().Harms != check.TheTrial {
			return f, true
		}
	}
	return check.Finding{}, false
}

// ByGravity sorts findings into the order in which they are told: why the trial means nothing,
// then what it cost, then how it came about.
func ByGravity(findings []check.Finding) []check.Finding {
	return slices.SortedStableFunc(slices.Values(findings), func(a, b check.Finding) int { return check.ByGravity(a.Property, b.Property) })
}
