package strict

import (
	"fmt"
	"strings"
	"unicode"
)

// Error says what is wrong with a scenario file, and where.
type Error struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Found        string // what is wrong there
	Text         string // the line itself
	Expected     string // what is allowed there; may be empty
	Todo         string // a hint on how to fix it; may be empty
}

// Error formats the error as
//
//	file:line:column: what was found
//	    | the line itself
//	    |     ^
//	expected: what is allowed
//	hint: what to do
func (e *Error) Error() string {
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

// window cuts a line down to at most 110 characters around column and returns the column in the
// result. It replaces tabs with spaces and invisible characters with a visible one, so that the
// caret stays under the right character.
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

// Quoted quotes a piece of the user's file for a message, cut to 60 characters.
func Quoted(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}

// Listed joins names as "a, b or c".
func Listed(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
}

// DidYouMean returns a hint if found is nearly one of names, and "" if it is not.
func DidYouMean(found string, names []string) string {
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

// distance returns the Levenshtein distance: how many letters to insert, delete or replace to turn
// a into b. It compares only the first 80 characters.
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
