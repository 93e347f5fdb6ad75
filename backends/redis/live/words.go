//go:build linux

package redislive

import (
	"bytes"
	"strings"

	"github.com/locklab/locklab/backends"
	"github.com/locklab/locklab/sim/live/network"
)

var _ backends.Legible = Backend{}

// MessageWords is what MessageWords of this package says: all that stands on Redis speaks its protocol.
func (Backend) MessageWords(head []byte) (string, bool) { return MessageWords(head) }

// MessageWords reads the Redis serialization protocol (redis.io/docs/reference/protocol-spec): the name
// of a command, or what a server answers.
func MessageWords(head []byte) (string, bool) {
	line, _, whole := bytes.Cut(head[1:], []byte("\r\n"))
	if !whole || !network.Plain(line) {
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
		return wireCommand(bytes.Split(head, []byte("\r\n")))
	}
	return "", false
}

// wireCommand names a command that came as an array of texts, each behind a line with its
// length, and those of its options that say what kind of SET it is.
func wireCommand(lines [][]byte) (string, bool) {
	if len(lines) < 3 || len(lines[1]) == 0 || lines[1][0] != '$' || len(lines[2]) == 0 || !network.Plain(lines[2]) {
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
