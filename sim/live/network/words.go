//go:build linux

package network

import (
	"bytes"
	"fmt"
)

// Reader says in a few words what a message is that begins with these bytes, of which there is at
// least one; false: it cannot tell. Which words there are is for those to know who send them.
type Reader func(head []byte) (words string, ok bool)

// wordsFor asks the readers, one after the other; of what none of them knows it says only the size.
func wordsFor(readers []Reader, head []byte, size int) string {
	if len(head) > 0 {
		for _, read := range readers {
			if words, ok := read(head); ok {
				return words
			}
		}
	}
	if size == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", size)
}

// Plain tells whether what stands in a message is short and has no strange characters, so that it can
// be one of its words.
func Plain(text []byte) bool {
	const enough = 64
	return len(text) <= enough && bytes.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
