package scenarios

import (
	"fmt"
	"strings"
	"unicode"
)

// LoadError says what is wrong with a scenario file, and where.
type LoadError struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Found        string // what stands there
	Text         string // the line itself
	Expected     string // what is allowed there; may be empty
	Todo         string // what to do about it; may be empty
}

// Error gives
//
//	file:line:column: what was found
//	    | the line itself
//	    |     ^
//	expected: what is allowed
//	hint: what to do
func (e *LoadError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s\n", e.File, e.Line, e.Column, e.Found)
	line, column := window(e.Text, e.Column)
	fmt.Fprintf(&b, "    | %s\n", line)
	fmt.Fprintf(&b, "    | %s^", strings.Repeat(" ", column-1))
	if e.Expected != "" {
		fmt.Fprintf(&b, "\nexpected: %s", e.Expected)
	}
	if e.Todo != "" {
		fmt.Fprintf(&b, "\nhint: %s", e.Todo)
	}
	return b.String()
}

// window makes a line fit to be printed: at most 110 characters around the column, each
// one cell wide as far as invisible ones go, so that the caret stays under the place.
func window(line string, column int) (string, int) {
	const width = 110
	runes := []rune(line)
	for i, r := range runes {
		switch {
		case r == '\t':
			runes[i] = ' '
		case !unicode.IsGraphic(r):
			runes[i] = unicode.ReplacementChar
		}
	}
	if len(runes) <= width {
		return string(runes), column
	}
	from := max(0, min(column-1-width/2, len(runes)-width))
	return string(runes[from : from+width]), column - from
}

// quoted shows a piece of the user's file in a message.
func quoted(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// listed writes a, b or c.
func listed(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}

// didYouMean gives a hint when found is nearly one of the names; "" when it is not.
func didYouMean(found string, names []string) string {
	best, least := "", 1+max(1, len([]rune(found))/3)
	for _, name := range names {
		if d := distance(found, name); d < least {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// distance counts the letters to insert, delete or replace to make b of a (Levenshtein).
// Of very long words it compares the beginning.
func distance(a, b string) int {
	const most = 80
	from, to := []rune(a), []rune(b)
	from, to = from[:min(len(from), most)], to[:min(len(to), most)]
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j := range to {
			replace := diagonal
			if from[i] != to[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
