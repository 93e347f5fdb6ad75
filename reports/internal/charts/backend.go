package charts

import (
	"slices"
	"strings"

	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"github.com/locklab/locklab/reports/battery"
	"github.com/locklab/locklab/reports/canvas"
	"github.com/locklab/locklab/scenarios/outcome"
)

// options returns what battery.Plain leaves out: "+renew".
func options(backend string) string { return strings.TrimPrefix(backend, battery.Plain(backend)) }

// backendsOf lists the lock services of some cells in the order of tables, each followed by its
// variants. A variant is listed if it occurs in at least one of variantShare scenarios: the purpose
// of an option shows in few.
func backendsOf(cells []outcome.Summary) []string {
	const variantShare, least = 8, 3
	in := map[string]int{} // scenarios
	var names, all []string
	last := map[string]string{}
	for _, c := range cells {
		if !slices.Contains(all, c.Scenario) {
			all = append(all, c.Scenario)
		}
		if in[c.Backend] == 0 {
			names = append(names, c.Backend)
		}
		if last[c.Backend] != c.Scenario {
			last[c.Backend] = c.Scenario
			in[c.Backend]++
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return options(name) != "" && in[name] < max(least, (len(all)+variantShare-1)/variantShare)
	})
	battery.Sort(names)
	return names
}

// breakName returns the lines of a lock service's name at the head of a column or a row.
func breakName(name string, width vg.Length) []string {
	return fitName(canvas.Bold(smallSize), name, width)
}

// fitName breaks a name into lines that fit: before a + or, where that is not enough, after a - or
// a /.
func fitName(f *plotfont.Face, name string, width vg.Length) []string {
	var parts []string
	for _, part := range cutBefore(name, "+") {
		if f.Width(part) <= width {
			parts = append(parts, part)
			continue
		}
		parts = append(parts, cutBehind(part, "-/")...)
	}
	var lines []string
	line := ""
	for _, part := range parts {
		if line != "" && f.Width(line+part) > width {
			lines = append(lines, line)
			line = ""
		}
		line += part
	}
	lines = append(lines, line)
	for i := range lines {
		lines[i] = canvas.Shorten(f, lines[i], width)
	}
	return lines
}

func cutBefore(text, joints string) (parts []string) {
	from := 0
	for i, r := range text {
		if i > from && strings.ContainsRune(joints, r) {
			parts = append(parts, text[from:i])
			from = i
		}
	}
	return append(parts, text[from:])
}

func cutBehind(text, joints string) (parts []string) {
	from := 0
	for i, r := range text {
		if i+1 < len(text) && strings.ContainsRune(joints, r) {
			parts = append(parts, text[from:i+1])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}
