package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/locklab/locklab/reports/typeset"
	"github.com/locklab/locklab/reports/words"
	"github.com/locklab/locklab/scenarios/bound"
	"github.com/locklab/locklab/scenarios/outcome"
	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Comparison is a trial that was run twice.
type Comparison struct {
	Then, Now outcome.Result
	Before    *sim.History // nil if it was not kept
	After     *sim.History
	Always    []string // said whatever the result
	Remarks   []string // what else has changed; said only if the two differ
}

// Same reports whether the trial came out the same: event by event in the virtual world; in all its
// verdicts in the live world, where events cannot be the same.
func (c Comparison) Same() bool {
	if c.Then.World == sim.LiveWorld {
		return len(c.verdicts()) == 0
	}
	return c.Then.Fingerprint == c.Now.Fingerprint
}

// Write says whether the trial came out the same, and if not, what differs.
func (c Comparison) Write(w io.Writer, opts typeset.Options) error {
	var b strings.Builder
	say := func(format string, args ...any) { typeset.Hang(&b, "", fmt.Sprintf(format, args...), opts.Width()) }
	events := words.Many(len(c.After.Events), "event")
	live := c.Then.World == sim.LiveWorld
	switch {
	case live && c.Same():
		say("%s: the same verdicts. Live trials are never identical: their times are real.", c.Then.ID())
	case live:
		say("%s: NOT the same verdicts.", c.Then.ID())
	case c.Same():
		say("%s: identical, %s, fingerprint %s; %s.", c.Then.ID(), events, c.Now.Fingerprint, c.Now.Outcome)
	default:
		say("%s: NOT identical, %s, fingerprint %s; it was %s.", c.Then.ID(), events, c.Now.Fingerprint, c.Then.Fingerprint)
		c.writeDifference(&b)
	}
	if !live && c.Before != nil && c.Before.Fingerprint() != c.Then.Fingerprint {
		say("The history kept by the run is not the one it judged: it has been changed.")
	}
	c.writeVerdicts(&b)
	if live {
		c.writeMeasures(&b)
	}
	for _, r := range c.Always {
		say("%s", r)
	}
	if !c.Same() {
		for _, r := range c.Remarks {
			say("%s", r)
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the comparison of the trials: %w", err)
	}
	return nil
}

// writeDifference shows where the histories diverge.
func (c Comparison) writeDifference(b *strings.Builder) {
	if c.Before == nil {
		b.WriteString("The run did not keep the history, so the first difference is unknown.\n")
		return
	}
	if fields := differingFields(c.Before.Header, c.After.Header); len(fields) > 0 {
		b.WriteString("What was run differs:\n")
		for _, f := range fields {
			fmt.Fprintf(b, "  %-10s then %s\n  %-10s now  %s\n", f.name, f.then, "", f.now)
		}
	}
	for i := range max(len(c.Before.Events), len(c.After.Events)) {
		then, now := eventAt(c.Before, i), eventAt(c.After, i)
		if i < len(c.Before.Events) && i < len(c.After.Events) && reflect.DeepEqual(c.Before.Events[i], c.After.Events[i]) {
			continue
		}
		fmt.Fprintf(b, "The first event that differs:\n  then %s\n  now  %s\n", then, now)
		return
	}
}

func eventAt(h *sim.History, i int) string {
	if i >= len(h.Events) {
		return "no event"
	}
	return words.Event(h, &h.Events[i])
}

type field struct{ name, then, now string }

// differingFields compares two headers, field by field.
func differingFields(then, now sim.Header) (out []field) {
	a, b := fieldsOf(then), fieldsOf(now)
	names := map[string]bool{}
	for _, fields := range []map[string]json.RawMessage{a, b} {
		for name := range fields {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if string(a[name]) != string(b[name]) {
			out = append(out, field{name, string(a[name]), string(b[name])})
		}
	}
	return out
}

func fieldsOf(h sim.Header) (fields map[string]json.RawMessage) {
	text, err := json.Marshal(h)
	if err == nil {
		err = json.Unmarshal(text, &fields)
	}
	if err != nil {
		panic(err) // a header always encodes, and what it encodes to can be read
	}
	return fields
}

type verdictPair struct {
	property  check.Property
	then, now check.Verdict
}

// verdicts lists the verdicts that differ.
func (c Comparison) verdicts() (out []verdictPair) {
	for _, p := range slices.Concat(check.Preconditions(), check.Properties()) {
		then, now := c.Then.Finding(p).Verdict, c.Now.Finding(p).Verdict
		if then != now {
			out = append(out, verdictPair{p, then, now})
		}
	}
	return out
}

func (c Comparison) writeVerdicts(b *strings.Builder) {
	rows := [][]string{{"property", "then", "now"}}
	for _, v := range c.verdicts() {
		rows = append(rows, []string{string(v.property), v.then.String(), v.now.String()})
	}
	if len(rows) > 1 {
		typeset.WriteRows(b, rows)
	} else if !c.Same() {
		b.WriteString("All verdicts are the same.\n")
	}
}

// writeMeasures shows what each run measured, with lengths of time in leases.
func (c Comparison) writeMeasures(b *strings.Builder) {
	rows := [][]string{{"measured", "then", "now"}}
	for _, m := range check.Measures() {
		row, any := []string{string(m)}, false
		for _, r := range []outcome.Result{c.Then, c.Now} {
			got, measured := r.Measured(m)
			text := "—"
			if measured {
				text, any = bound.ShowMeasured(got, r.TTL), true
			}
			row = append(row, text)
		}
		if any {
			rows = append(rows, row)
		}
	}
	if len(rows) > 1 {
		typeset.WriteRows(b, rows)
	}
}
