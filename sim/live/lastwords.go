//go:build linux

package live

import (
	"slices"
	"strings"
)

const (
	lastLines    = 12  // of what a program printed are shown at most
	longestShown = 400 // bytes of a line
)

// lastWords is the end of what the process has printed, for people: the last lines without
// the calls that led there, of which programs in Go and Java print many. Those of a role are
// kept, as they are this program's own.
func (p *Proc) lastWords() string {
	said := strings.TrimSpace(p.Output())
	if p.talk != nil {
		return said
	}
	return shortened(said)
}

func shortened(said string) string {
	said, _, _ = strings.Cut(said, "\n\ngoroutine ")
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(said), "\n"), isCall)
	lines = lines[max(0, len(lines)-lastLines):]
	for i, line := range lines {
		line, _, _ = strings.Cut(line, `,"stacktrace":`) // in a log of JSON
		if len(line) > longestShown {
			line = strings.ToValidUTF8(line[:longestShown], "") + " …"
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// isCall tells whether a line is one of a stack that Java has printed.
func isCall(line string) bool {
	return strings.HasPrefix(line, "\tat ") || strings.HasPrefix(line, "\t... ")
}
