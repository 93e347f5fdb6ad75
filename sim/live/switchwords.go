//go:build linux

package live

import (
	"bytes"
	"fmt"
	"strings"
)

// wordsFor says in a few words what a message is of which this is the begin: the name of a
// Redis command or what a Redis server answers, the kind of a request to locklab's own
// services; of all else only the size.
func wordsFor(head []byte, size int) string {
	if len(head) > 0 {
		if words, ok := respWords(head); ok {
			return words
		}
		if words, ok := jsonWords(head); ok {
			return words
		}
	}
	if size == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", size)
}

// respWords reads the Redis serialization protocol (redis.io/docs/reference/protocol-spec).
func respWords(head []byte) (string, bool) {
	line, _, whole := bytes.Cut(head[1:], []byte("\r\n"))
	if !whole || !plain(line) {
		return "", false
	}
	text := string(line)
	switch head[0] {
	case '+', ':':
		return text, text != ""
	case '-':
		word, _, _ := strings.Cut(text, " ")
		return word, word != ""
	case '_':
		return "nil", text == ""
	case '$':
		return "nil", text == "-1"
	case '*':
		return commandWords(bytes.Split(head, []byte("\r\n")))
	}
	return "", false
}

// commandWords names a command that came as an array of texts, each behind a line with its
// length, and those of its options that say what kind of SET it is.
func commandWords(lines [][]byte) (string, bool) {
	if len(lines) < 3 || len(lines[1]) == 0 || lines[1][0] != '$' || len(lines[2]) == 0 || !plain(lines[2]) {
		return "", false
	}
	words := []string{strings.ToUpper(string(lines[2]))}
	for i := 8; i < len(lines); i += 2 { // behind the key and the value
		switch option := strings.ToUpper(string(lines[i])); option {
		case "NX", "XX", "PX", "EX":
			words = append(words, option)
		}
	}
	return strings.Join(words, " "), true
}

// plain tells whether a text is short and has no strange characters.
func plain(text []byte) bool {
	const enough = 64
	return len(text) <= enough && bytes.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// jsonWords reads the kind of a request as backends/wire writes it.
func jsonWords(head []byte) (string, bool) {
	if head[0] != '{' {
		return "", false
	}
	_, rest, found := bytes.Cut(head, []byte(`"Kind":"`))
	kind, _, whole := bytes.Cut(rest, []byte(`"`))
	return string(kind), found && whole && len(kind) > 0 && plain(kind)
}
