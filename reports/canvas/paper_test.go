package canvas

import (
	"slices"
	"strings"
	"testing"
)

func TestANumberAndItsUnitStayOnOneLine(t *testing.T) {
	f := Regular(10)
	text := "written at 6.051 s: so it was, 3 ms later"
	for width := f.Width("6.051 s:"); width < f.Width(text); width++ {
		lines := Wrap(f, text, width)
		if got := strings.Join(lines, " "); got != text {
			t.Fatalf("wrapped at %v it says %q", width, got)
		}
		if slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "s:") || strings.HasPrefix(l, "ms ") }) {
			t.Errorf("wrapped at %v a unit begins a line: %q", width, lines)
		}
	}
}
