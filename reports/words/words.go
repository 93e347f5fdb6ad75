// Package words puts what locklab measures into English: verdicts, events, durations. Every
// table, picture and page takes its words from here, so that they agree. The words for a
// property or a measure are in its row (sim/check).
package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/locklab/locklab/sim"
	"github.com/locklab/locklab/sim/check"
)

// Property returns a property's name as people say it: "lost update".
func Property(p check.Property) string { return strings.ReplaceAll(string(p), "-", " ") }

// ViolationIn says what happens in a trial where a property is violated. Elements of a set are
// not overwritten but gone.
func ViolationIn(h *sim.History, p check.Property) string {
	if p == check.LostUpdate && AddsOnly(h) {
		return "acknowledged elements are lost"
	}
	return p.Row().Violation
}

// Seconds formats a duration with three significant digits: "15 s", "0.25 s", "3 ms", "1000 h".
func Seconds(d time.Duration) string {
	switch abs := d.Abs(); {
	case d == 0:
		return "0 s"
	case abs < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case abs < time.Millisecond:
		return ThreeDigits(float64(d)/1e3) + " µs"
	case abs < 100*time.Millisecond:
		return ThreeDigits(float64(d)/1e6) + " ms"
	}
	if d.Abs() >= 10*time.Hour {
		return ThreeDigits(d.Hours()) + " h"
	}
	return ThreeDigits(d.Seconds()) + " s"
}

// Part says which part of a trial is shown: "30.9 s to 99.1 s of 99.1 s". Space that is drawn
// past the end of the trial does not count.
func Part(from, to, trial time.Duration) string {
	return fmt.Sprintf("%s to %s of %s", Seconds(min(from, trial)), Seconds(min(to, trial)), Seconds(trial))
}

// ThreeDigits rounds to three significant digits, at most two of them after the decimal
// point, and leaves out trailing zeros there.
func ThreeDigits(x float64) string {
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

// Many formats a number of things: "1 cell", "37 cells".
func Many(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// And lists things: "redis, etcd and zookeeper".
func And(things []string) string {
	if len(things) < 2 {
		return strings.Join(things, "")
	}
	return strings.Join(things[:len(things)-1], ", ") + " and " + things[len(things)-1]
}

// Or lists alternatives: "table, csv or md".
func Or[T ~string](names ...T) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(name))
	}
	return b.String()
}

// Are returns the verb that goes with n things.
func Are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
