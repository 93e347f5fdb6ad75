package check

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/trace"
)

// All judges a history with every checker: first the Preconditions, then the Properties, each in
// their order. The findings are independent of each other, so if a precondition is not met, the
// caller must disregard the properties.
func All(t *trace.Trace) []Finding {
	var findings []Finding
	for _, r := range rows {
		findings = append(findings, r.run(t))
	}
	return findings
}

// One judges a history with one checker. A property without a checker is Undecided.
func One(p Property, h *sim.History) Finding {
	if !p.Known() {
		return undecided(p, "no checker judges %q", string(p))
	}
	return p.Row().run(trace.Read(h))
}

// Worst returns the worst verdict: violated, then undecided, then holds. Without findings it is
// Holds.
func Worst(findings ...Finding) Verdict {
	worst := Holds
	for _, f := range findings {
		worst = max(worst, f.Verdict)
	}
	return worst
}

// run calls the checker. If the checker panics, the property is Undecided.
func (r Row) run(t *trace.Trace) (f Finding) {
	defer func() {
		if failure := recover(); failure != nil {
			f = undecided(r.Property, "the checker itself failed: %v", failure)
		}
	}()
	return r.check(t)
}

func holds(p Property, why string, args ...any) Finding {
	return Finding{Property: p, Verdict: Holds, Why: fmt.Sprintf(why, args...)}
}

func undecided(p Property, why string, args ...any) Finding {
	return Finding{Property: p, Verdict: Undecided, Why: fmt.Sprintf(why, args...)}
}

func violated(p Property, why string, args ...any) Finding {
	return Finding{Property: p, Verdict: Violated, Why: fmt.Sprintf(why, args...)}
}

// shownBy adds the events that show the finding, in the order in which they happened. It ignores
// nil events.
func (f Finding) shownBy(events ...*sim.Event) Finding {
	events = slices.DeleteFunc(events, func(e *sim.Event) bool { return e == nil })
	slices.SortFunc(events, func(a, b *sim.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, e := range slices.Compact(events) {
		f.Evidence = append(f.Evidence, e.Seq)
	}
	return f
}

func clock(at time.Duration) string { return trace.Clock(at) }

func count(n int, thing string) string { return trace.Count(n, thing) }

// are returns the verb that goes with n things.
func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// firstOf keeps the first doubt.
func firstOf(earlier, later error) error { return cmp.Or(earlier, later) }
