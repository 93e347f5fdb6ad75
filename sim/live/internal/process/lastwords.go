//go:build linux

package process

import (
	"slices"
	"strings"
)

const (
	lastLines    = 12  // of a program's output are shown at most
	longestShown = 400 // bytes of a line
)

// LastWords returns the end of what a program has printed, for people: the last lines without stack
// traces, which programs in Go and Java print at length.
func LastWords(said string) string {
	said, _, _ = strings.Cut(said, "\n\ngoroutine ")
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(said), "\n"), isCall)
	lines = lines[max(0, len(lines)-lastLines):]
	for i, line := range lines {
		line, _, _ = strings.Cut(line, `,"stacktrace":`) // in a JSON log
		if len(line) > longestShown {
			line = strings.ToValidUTF8(line[:longestShown], "") + " …"
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// isCall reports whether a line belongs to a Java stack trace.
func isCall(line string) bool {
	return strings.HasPrefix(line, "\tat ") || strings.HasPrefix(line, "\t... ")
}
