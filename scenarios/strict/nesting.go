package strict

import (
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// These constants bound the nesting of a scenario file. For each value the parser keeps the path
// that leads to it, including every key, so 60,000 bytes of "- - - -", or of short items under one
// long key, cost it gigabytes.
const (
	maxNesting = 20  // nested lists and mappings; the format needs eight
	maxKey     = 100 // characters in a key; the longest has 20
)

// bounded refuses a file that nests too deep or has too long a key, before the parser sees it.
func (s *Source) bounded(tokens token.Tokens) error {
	brackets := 0
	var columns []int // of the open block-style lists and mappings, outermost first
	for i, t := range tokens {
		p := t.Position
		if p == nil {
			continue
		}
		opensAt := 0 // column where a block-style list or mapping may begin; 0 if none can
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets = max(0, brackets-1)
		case token.SequenceEntryType, token.MappingKeyType:
			opensAt = p.Column
		case token.MappingValueType:
			if i == 0 || tokens[i-1].Position == nil {
				break
			}
			key := tokens[i-1]
			if n := utf8.RuneCountInString(key.Value); n > maxKey {
				return s.Fail(Place{key.Position.Line, key.Position.Column}, fmt.Sprintf("this key has %d characters", n),
					fmt.Sprintf("at most %d", maxKey), "")
			}
			opensAt = key.Position.Column
		}
		if opensAt > 0 && brackets == 0 {
			for len(columns) > 0 && columns[len(columns)-1] >= opensAt {
				columns = columns[:len(columns)-1]
			}
			columns = append(columns, opensAt)
		}
		if len(columns)+brackets > maxNesting {
			return s.Fail(Place{p.Line, p.Column}, "lists and mappings nest too deep", fmt.Sprintf("at most %d levels", maxNesting), "")
		}
	}
	return nil
}
